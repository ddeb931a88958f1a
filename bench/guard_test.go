package main

import (
	"strings"
	"testing"
	"time"
)

func TestGoalsOfTheGuard(t *testing.T) {
	by := map[string]score{
		gatehouseGuarded: {perSecond: 24_000, p99: 3 * time.Millisecond, cpu: 20 * time.Microsecond},
		haproxyHS256:     {perSecond: 24_000, p99: 2 * time.Millisecond, cpu: 22 * time.Microsecond},
		nginxAuth:        {perSecond: 10_000}, caddyAuth: {perSecond: 5_000}, gatehousePublic: {perSecond: 25_000},
	}
	want := []bool{true, true, false, true, false, true}
	for i, g := range guardGoals(by) {
		if g.reached != want[i] {
			t.Errorf("%s: wanted %s, measured %s, reached %v", g.what, g.want, g.got, g.reached)
		}
	}
}

func TestTableOfTheGuard(t *testing.T) {
	subjects := []subject{{name: haproxyHS256}, {name: nginxBare}}
	text := guardTable(subjects, map[string]score{
		haproxyHS256: {perSecond: 20_000, p50: time.Millisecond, p99: 2 * time.Millisecond, cpu: 22 * time.Microsecond},
		nginxBare:    {perSecond: 30_000},
	}).markdown()
	for _, want := range []string{"| 20,000 | 1.00 × | 1.00 ms | 2.00 ms | 22.0 µs |  |", "| 30,000 | 1.50 × |"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s\nlacks %s", text, want)
		}
	}
}

func TestMedians(t *testing.T) {
	got := medians([]score{{perSecond: 3, p99: 1, cpu: 9}, {perSecond: 1, p99: 2, cpu: 8}, {perSecond: 2, p99: 9, cpu: 7}})
	if want := (score{perSecond: 2, p99: 2, cpu: 8}); got != want {
		t.Errorf("%+v", got)
	}
}

func TestChartOfTheGuard(t *testing.T) {
	drawn := string(guardChart(map[string]score{gatehouseGuarded: {perSecond: 24_000, cpuAndAsks: 20 * time.Microsecond}}))
	if !strings.Contains(drawn, "24,000 req/s, 20.0 µs") || strings.Count(drawn, "<rect") != 6 {
		t.Error(drawn)
	}
}
