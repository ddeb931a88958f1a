package revocation

import (
	"time"
	"unsafe"
)

// Status is how a gateway's copy of the list is at a moment.
type Status struct {
	Held    bool          // it answers from memory
	Age     time.Duration // since the latest lease was asked for; 0 when there is none
	Entries int
	Bytes   int // of the entries in memory
}

// Status says how the copy is.
func (c *Copy) Status() Status {
	var now Status
	if l := c.lease.Load(); l != nil {
		at := c.now()
		now.Held, now.Age = l.holds(at), at.Sub(l.until.Add(-held))
	}
	if s := c.state.Load(); s != nil {
		for _, t := range []*table{s.entries, s.users} {
			now.Entries += int(t.used.Load())
			now.Bytes += len(*t.slots.Load()) * int(unsafe.Sizeof(slot{}))
		}
	}
	return now
}
