package revocation

import "testing"

// The protocol as a machine of small steps, whose every state is looked at. Redis does each script in one step; messages
// may be late or lost (a step that is never taken); gateways may stand still for any time; Redis may lose everything once.
// Time goes on in ticks, and a lease is life ticks.
const (
	life    = 2
	gates   = 2
	revokes = 2
)

type (
	// world is one state. It is comparable, so that a map can tell which have been seen.
	world struct {
		redis   store
		gates   [gates]gateway
		revoker revoker
		lost    bool // Redis has lost its data
	}
	store struct {
		gen, seq, age int8        // age of the generation, up to life
		known         [gates]int8 // {rev}:gateways: the last entry applied, or absent
	}
	gateway struct {
		gen, applied int8
		lease        int8 // ticks left
		asked        int8 // ticks since a renewal was sent, or none
		askedGen     int8
		askedApplied int8
		granted      bool // and the answer is on its way
	}
	revoker struct {
		waiting bool
		gen     int8
		seq     int8        // what it waits for, in its generation
		waited  int8        // ticks since the entry was added
		left    [gates]bool // gateways that have not acknowledged
		young   int8        // ticks until the generation is as old as a lease
		done    [2]int8     // the highest entry that was answered, by generation
		begun   int8        // revocations so far
	}
)

const (
	absent = -1
	none   = -1
)

// flaw is a mistake that the protocol could have; the model must find each.
type flaw struct {
	countFromAnswer, grantBehind, forgetAtOnce, ignoreYouth, answerAtOnce, flushAcknowledges, forgetInAny bool
}

func first() world {
	w := world{redis: store{age: life}}
	for g := range w.gates {
		w.redis.known[g] = absent
		w.gates[g].asked = none
	}
	return w
}

// broken reports whether a gateway would accept what a revoker has said to be refused: an entry of the gateway's own
// generation that it has not applied, or, of the same user, a token of this generation after an answer in a later one.
func (w world) broken() bool {
	for _, g := range w.gates {
		later := g.gen == 0 && w.revoker.done[1] > 0
		if g.lease > 0 && (later || g.applied < w.revoker.done[g.gen]) {
			return true
		}
	}
	return false
}

// next gives all states that one step leads to.
func (w world) next(f flaw) []world {
	all := []world{w.tick(), w.lose(), w.revoke(f), w.learn(f), w.finish(f)}
	for g := range w.gates {
		all = append(all, w.ask(g), w.grant(g, f), w.receive(g, f), w.apply(g), w.acknowledge(g), w.seed(g), w.drop(g))
	}
	return all
}

func (w world) tick() world {
	for g := range w.gates {
		w.gates[g].lease = max(w.gates[g].lease-1, 0)
		if w.gates[g].asked != none {
			w.gates[g].asked = min(w.gates[g].asked+1, life)
		}
	}
	w.redis.age = min(w.redis.age+1, life)
	w.revoker.waited = min(w.revoker.waited+1, life)
	w.revoker.young = max(w.revoker.young-1, 0)
	return w
}

// lose is FLUSHALL, and the generation that somebody then begins.
func (w world) lose() world {
	if w.lost {
		return w
	}
	w.lost = true
	w.redis = store{gen: 1}
	for g := range w.gates {
		w.redis.known[g] = absent
	}
	return w
}

// revoke adds an entry and reads who must acknowledge it, in one step.
func (w world) revoke(f flaw) world {
	r := &w.revoker
	if r.waiting || r.begun == revokes {
		return w
	}
	w.redis.seq++
	*r = revoker{waiting: true, gen: w.redis.gen, seq: w.redis.seq, done: r.done, begun: r.begun + 1}
	for g := range w.gates {
		r.left[g] = w.redis.known[g] != absent
	}
	if !f.ignoreYouth {
		r.young = life - w.redis.age
	}
	return w
}

// learn looks who has acknowledged.
func (w world) learn(f flaw) world {
	if !w.revoker.waiting || w.revoker.gen != w.redis.gen && !f.flushAcknowledges {
		return w
	}
	for g := range w.gates {
		if known := w.redis.known[g]; known == absent || known >= w.revoker.seq {
			w.revoker.left[g] = false
		}
	}
	return w
}

// finish answers when all have acknowledged or a lease has passed, and forgets those that have not.
func (w world) finish(f flaw) world {
	r := &w.revoker
	all := r.left == [gates]bool{}
	if !r.waiting || !f.answerAtOnce && (r.young > 0 || !all && r.waited < life) {
		return w
	}
	r.waiting = false
	r.done[r.gen] = max(r.done[r.gen], r.seq)
	for g := range w.gates {
		late := w.redis.known[g] < r.seq || f.forgetAtOnce
		if r.left[g] && (r.gen == w.redis.gen || f.forgetInAny) && late {
			w.redis.known[g] = absent
		}
	}
	return w
}

func (w world) ask(g int) world {
	if gate := &w.gates[g]; gate.asked == none {
		gate.asked, gate.askedGen, gate.askedApplied, gate.granted = 0, gate.gen, gate.applied, false
	}
	return w
}

// grant is the script of a renewal.
func (w world) grant(g int, f flaw) world {
	gate := &w.gates[g]
	if gate.asked == none || gate.granted || gate.askedGen != w.redis.gen || gate.askedApplied < w.redis.seq && !f.grantBehind {
		return w
	}
	gate.granted = true
	w.redis.known[g] = gate.askedApplied
	return w
}

func (w world) receive(g int, f flaw) world {
	gate := &w.gates[g]
	if !gate.granted {
		return w
	}
	if gate.gen == gate.askedGen {
		gate.lease = max(life-gate.asked, 0)
		if f.countFromAnswer {
			gate.lease = life
		}
	}
	gate.asked, gate.granted = none, false
	return w
}

// drop loses a question or an answer.
func (w world) drop(g int) world {
	w.gates[g].asked, w.gates[g].granted = none, false
	return w
}

// apply reads the next entry of the log.
func (w world) apply(g int) world {
	if gate := &w.gates[g]; gate.gen == w.redis.gen && gate.applied < w.redis.seq {
		gate.applied++
	}
	return w
}

func (w world) acknowledge(g int) world {
	if gate := w.gates[g]; gate.gen == w.redis.gen && w.redis.known[g] != absent {
		w.redis.known[g] = gate.applied
	}
	return w
}

// seed makes the copy anew.
func (w world) seed(g int) world {
	gate := &w.gates[g]
	gate.gen, gate.applied, gate.lease = w.redis.gen, w.redis.seq, 0
	return w
}

// explore looks at every state that can be reached, and reports how many there are and whether one is broken.
func explore(f flaw) (states int, broken bool) {
	seen := map[world]bool{first(): true}
	for front := []world{first()}; len(front) > 0; {
		w := front[len(front)-1]
		front = front[:len(front)-1]
		if w.broken() {
			return len(seen), true
		}
		for _, n := range w.next(f) {
			if !seen[n] {
				seen[n] = true
				front = append(front, n)
			}
		}
	}
	return len(seen), false
}

func TestNoStateOfTheProtocolIsBroken(t *testing.T) {
	states, broken := explore(flaw{})
	if broken {
		t.Error("a gateway accepts what was said to be refused")
	}
	t.Logf("%d states", states)
}

func TestTheModelFindsFlaws(t *testing.T) {
	for name, f := range map[string]flaw{
		"a lease that counts from its answer":                      {countFromAnswer: true},
		"a lease for a copy that is behind":                        {grantBehind: true},
		"a revoker that does not wait for a generation's youth":    {ignoreYouth: true},
		"a flush that counts as everybody's acknowledgement":       {flushAcknowledges: true},
		"a gateway of another generation that is forgotten":        {forgetInAny: true},
		"a revoker that does not wait for the gateways":            {answerAtOnce: true},
		"a gateway that is forgotten although it has acknowledged": {forgetAtOnce: true},
	} {
		if _, broken := explore(f); !broken {
			t.Errorf("%s was not found", name)
		}
	}
}
