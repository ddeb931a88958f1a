package password

// Load is how busy a queue is at a moment.
type Load struct {
	Running, Waiting, Places int64
	Refused                  uint64 // ever
}

// Load says how busy the queue is.
func (q *Queue) Load() Load {
	running := int64(len(q.slots))
	return Load{
		Running: running, Waiting: max(q.taken.Load()-running, 0), Places: q.places, Refused: q.refused.Load(),
	}
}
