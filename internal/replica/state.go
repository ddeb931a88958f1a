package replica

// State is how the replicas of a service are at a moment.
type State struct {
	Well, Ejected int // replicas
	InFlight      int // calls that are not over, of replicas that are no longer named too
}

// State counts them.
func (s *Set[C]) State() State {
	var now State
	for _, r := range *s.known.Load() {
		if r.out.Load() {
			now.Ejected++
		} else {
			now.Well++
		}
		now.InFlight += r.Conns.PendingRequests()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.leaving {
		now.InFlight += r.Conns.PendingRequests()
	}
	return now
}
