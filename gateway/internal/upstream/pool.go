package upstream

import (
	"context"
	"net/url"

	"gatehouse/internal/replica"
)

// pool is one upstream and its replicas.
type pool struct {
	url    *url.URL
	health string             // the path that says whether a replica is well; empty: none
	end    context.CancelFunc // stops following the replicas
	set    *replica.Set[*client]
}

func newPool(ctx context.Context, name string, o replica.Options) (*pool, error) {
	u, err := url.Parse(name)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	connect := func(addr string) *client { return newTarget(addr, u) }
	return &pool{url: u, health: o.Health, end: cancel, set: replica.NewSet(ctx, u, o, connect)}, nil
}
