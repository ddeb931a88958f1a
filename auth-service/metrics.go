package main

import (
	"context"
	"time"

	"gatehouse/auth-service/internal/api"
	"gatehouse/auth-service/internal/session"
	"gatehouse/internal/metrics"
	"gatehouse/internal/traffic"
)

// askWithin is how long Redis may take to tell how much it has; else that is left out.
const askWithin = time.Second

// metrics are what the service shows to Prometheus.
func (p parts) metrics(a *api.API, answers *traffic.Counter) *metrics.Registry {
	p.expect(a)
	r := metrics.New()
	r.AddRequests(answers)
	r.Add(metrics.Throttled(p.attempts.Refused), actions(a))
	r.Add(p.sessionMetrics()...)
	r.Add(p.auditMetrics()...)
	r.Add(p.mailing.metrics()...)
	return r
}

// expect names what will come, so that the first of it is seen.
func (p parts) expect(a *api.API) {
	for _, action := range []string{"login", "logout", "refresh", "proof", "forgot", "reset"} {
		for _, outcome := range []string{"success", "refused", "throttled", "invalid", "failed"} {
			a.Actions.Expect(api.Action{Name: action, Outcome: outcome})
		}
	}
	p.attempts.Expect(session.Limits()...)
	p.kept.Changes.Expect("begun", "ended")
	p.kept.Offers.Expect(session.Rotated, session.Repeated, session.Reused, session.Gone)
	if p.mailing.worker != nil {
		p.mailing.worker.Outcomes.Expect("sent", "dropped", "given up", "put off")
	}
}

func actions(a *api.API) metrics.Family {
	return metrics.Family{
		Name: "gatehouse_auth_actions_total", Help: "What people did, such as login, and the outcome.",
		Counter: true, Labels: []string{"action", "outcome"},
		Read: func(tell metrics.Tell) {
			a.Actions.Each(func(kind api.Action, n uint64) { tell(float64(n), kind.Name, kind.Outcome) })
		},
	}
}

func (p parts) sessionMetrics() []metrics.Family {
	return []metrics.Family{
		{
			Name: "gatehouse_sessions_total", Help: "Sessions that were begun, and ended; those that run out are not counted.",
			Counter: true, Labels: []string{"change"},
			Read: func(tell metrics.Tell) {
				p.kept.Changes.Each(func(change string, n uint64) { tell(float64(n), change) })
			},
		},
		{
			Name: "gatehouse_refresh_tokens_total", Help: "Refresh tokens that were offered, by outcome; reused is a copy.",
			Counter: true, Labels: []string{"outcome"},
			Read: func(tell metrics.Tell) {
				p.kept.Offers.Each(func(outcome session.Outcome, n uint64) { tell(float64(n), string(outcome)) })
			},
		},
	}
}

func (p parts) auditMetrics() []metrics.Family {
	return []metrics.Family{
		{
			Name: "gatehouse_audit_events_waiting", Help: "Events that are not in the audit yet.",
			Read: metrics.Value(func() float64 { return float64(p.trail.Waiting()) }),
		},
		{
			Name: "gatehouse_audit_events_lost_total", Help: "Events that found no room while user-service was down.", Counter: true,
			Read: metrics.Value(func() float64 { return float64(p.trail.Lost()) }),
		},
	}
}

// metrics are none without a mail server.
func (m mailing) metrics() []metrics.Family {
	if m.worker == nil {
		return nil
	}
	return []metrics.Family{
		{
			Name: "gatehouse_mail_queue", Help: "Mails to be sent: ready, or put off after a failure. The same on every replica.",
			Labels: []string{"state"},
			Read: func(tell metrics.Tell) {
				ctx, cancel := context.WithTimeout(context.Background(), askWithin)
				defer cancel()
				if ready, putOff, err := m.stored.Length(ctx); err == nil {
					tell(float64(ready), "ready")
					tell(float64(putOff), "put off")
				}
			},
		},
		{
			Name: "gatehouse_mails_total", Help: "Tries to send a mail, by outcome.", Counter: true, Labels: []string{"outcome"},
			Read: func(tell metrics.Tell) {
				m.worker.Outcomes.Each(func(outcome string, n uint64) { tell(float64(n), outcome) })
			},
		},
	}
}
