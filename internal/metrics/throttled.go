package metrics

// Throttled is how often each limit has refused; read is that of a throttle.Throttle.
func Throttled(read func(tell func(limit string, n uint64))) Family {
	return Family{
		Name: "gatehouse_throttled_total", Help: "Attempts that a limit refused.", Counter: true, Labels: []string{"limit"},
		Read: func(tell Tell) { read(func(limit string, n uint64) { tell(float64(n), limit) }) },
	}
}
