package redisurl

import (
	"context"
	"net"

	"github.com/redis/go-redis/v9"

	"gatehouse/internal/tracing"
)

// traced tells what a request asks Redis: the names of commands, never their arguments.
type traced struct{}

var _ redis.Hook = traced{}

// DialHook implements redis.Hook.
func (traced) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

// ProcessHook implements redis.Hook.
func (traced) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		ctx, span := begin(ctx, cmd.Name())
		err := next(ctx, cmd)
		span.End(err != nil && err != redis.Nil)
		return err
	}
}

// ProcessPipelineHook implements redis.Hook.
func (traced) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		ctx, span := begin(ctx, "pipeline")
		err := next(ctx, cmds)
		span.End(err != nil && err != redis.Nil)
		return err
	}
}

func begin(ctx context.Context, operation string) (context.Context, *tracing.Span) {
	if !tracing.On() {
		return ctx, nil
	}
	return tracing.Call(ctx, "redis "+operation, "db.system.name", "redis", "db.operation.name", operation)
}
