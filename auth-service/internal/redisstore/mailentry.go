package redisstore

import (
	"encoding/json"
	"strconv"

	"github.com/redis/go-redis/v9"

	"gatehouse/auth-service/internal/mail"
)

// written is a mail as the queue keeps it: names and values in turn.
func written(e mail.Entry) []string {
	fields, _ := json.Marshal(e.Fields) // strings and a time: it cannot fail
	return []string{
		"id", e.ID, "kind", string(e.Kind), "to", e.To, "fields", string(fields),
		"queued", strconv.FormatInt(e.Queued.UnixMilli(), 10), "tries", strconv.Itoa(e.Tries),
	}
}

func entries(messages []redis.XMessage) []mail.Entry {
	found := make([]mail.Entry, len(messages))
	for i, x := range messages {
		found[i] = entry(x)
	}
	return found
}

// entry reads what written has written. Of what is no mail an empty one comes, which nobody can send.
func entry(x redis.XMessage) mail.Entry {
	value := func(name string) string { text, _ := x.Values[name].(string); return text }
	e := mail.Entry{Receipt: x.ID, Queued: moment(value("queued"))}
	e.Tries, _ = strconv.Atoi(value("tries"))
	e.ID, e.Kind, e.To = value("id"), mail.Kind(value("kind")), value("to")
	if json.Unmarshal([]byte(value("fields")), &e.Fields) != nil {
		e.Message = mail.Message{ID: e.ID}
	}
	return e
}
