package redisstore

import (
	"strconv"
	"time"

	"gatehouse/auth-service/internal/session"
)

// fields are those of a session's hash that make the session, in the order in which the scripts give them too.
var fields = []string{"subject", "epoch", "created", "seen", "auth", "address", "agent"}

func read(sid string, f []string) session.Session {
	epoch, _ := strconv.ParseInt(f[1], 10, 64)
	return session.Session{
		ID: sid, Subject: f[0], Epoch: epoch, CreatedAt: moment(f[2]), LastSeen: moment(f[3]), AuthTime: moment(f[4]),
		Device: session.Device{Address: f[5], UserAgent: f[6]},
	}
}

// readFound is read for what HMGET found: nothing when there is no such session.
func readFound(sid string, found []any) session.Session {
	if found[0] == nil {
		return session.Session{}
	}
	f := make([]string, len(found))
	for i, value := range found {
		f[i], _ = value.(string)
	}
	return read(sid, f)
}

func moment(ms string) time.Time {
	n, _ := strconv.ParseInt(ms, 10, 64)
	return time.UnixMilli(n)
}
