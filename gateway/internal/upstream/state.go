package upstream

import "gatehouse/internal/replica"

// States tells how the replicas of each upstream are.
func (p *Pools) States(tell func(name string, s replica.State)) {
	for name, pool := range *p.byName.Load() {
		tell(name, pool.set.State())
	}
}
