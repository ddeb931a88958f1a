package httpserver_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/httpserver"
)

// patience is how long a test waits for what must happen before it calls it lost; nothing waits that long when all is well.
const patience = 8 * time.Second

func newServer(j *journal, routes func(*fiber.App)) httpserver.Server {
	app := httpserver.New(httpserver.Options{Service: "test", Log: j.logger()})
	routes(app)
	return httpserver.Server{App: app, Addr: "127.0.0.1:0"}
}

func ended(t *testing.T, done <-chan error) error {
	t.Helper()
	select {
	case err := <-done:
		return err
	case <-time.After(patience):
		t.Fatal("the server does not end")
		return nil
	}
}

func TestRequestInFlightIsFinishedAtShutdown(t *testing.T) {
	j := new(journal)
	entered, leave := make(chan struct{}), make(chan struct{})
	server := newServer(j, func(app *fiber.App) {
		app.Get("/slow", func(c *fiber.Ctx) error {
			close(entered)
			<-leave
			return c.SendString("finished")
		})
	})
	ctx, stop := context.WithCancel(t.Context())
	opened, done, answered := make(chan string, 1), make(chan error, 1), make(chan string, 1)
	go func() {
		service := httpserver.Service{
			Log: j.logger(), Health: "127.0.0.1:0", Ready: ready, Started: func(addrs []net.Addr) { opened <- addrs[0].String() },
		}
		done <- service.Run(ctx, server)
	}()
	addr := <-opened
	go func() {
		resp, err := http.Get("http://" + addr + "/slow")
		if err != nil {
			answered <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		answered <- string(body)
	}()
	<-entered
	stop()
	waitRefused(t, addr) // the listener is closed while the request is still served
	close(leave)
	if got := <-answered; got != "finished" {
		t.Errorf("the request in flight got %q", got)
	}
	if err := ended(t, done); err != nil {
		t.Error(err)
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatalf("the address is not free again: %v", err)
	}
	ln.Close()
}

func waitRefused(t *testing.T, addr string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return
		}
		conn.Close()
		if time.Now().After(deadline) {
			t.Fatal("the listener stays open")
		}
	}
}

// A shutdown may come before the first server serves: the process must end all the same.
func TestShutdownRightAfterTheStart(t *testing.T) {
	for range 20 {
		j := new(journal)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			service := httpserver.Service{
				Log: j.logger(), Health: "127.0.0.1:0", Ready: ready, Started: func([]net.Addr) { stop() },
			}
			done <- service.Run(ctx, newServer(j, func(*fiber.App) {}), newServer(j, func(*fiber.App) {}))
		}()
		if err := ended(t, done); err != nil {
			t.Fatal(err)
		}
	}
}

func TestATakenAddressIsAnErrorAndLeavesNothingOpen(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	first, second := newServer(new(journal), func(*fiber.App) {}), newServer(new(journal), func(*fiber.App) {})
	first.Addr, second.Addr = free.Addr().String(), taken.Addr().String()
	free.Close()
	service := httpserver.Service{
		Log: new(journal).logger(), Health: "127.0.0.1:0", Ready: ready,
		Started: func([]net.Addr) { t.Error("it says that it started") },
	}
	err = service.Run(t.Context(), first, second)
	if err == nil || !strings.Contains(err.Error(), second.Addr) {
		t.Errorf("%v; want one that names %s", err, second.Addr)
	}
	again, err := net.Listen("tcp", first.Addr)
	if err != nil {
		t.Fatalf("the first listener stays open: %v", err)
	}
	again.Close()
}
