package api

import (
	"net/netip"
	"strings"
	"unicode"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/httpserver"
	"gatehouse/internal/userapi"
	"gatehouse/user-service/internal/user"
)

// origin is where a request came from: the gateway says the client's address, and without one it is the caller's own.
func origin(c *fiber.Ctx) user.Origin {
	address, err := netip.ParseAddr(c.Get("X-Real-IP"))
	if err != nil {
		address, _ = netip.AddrFromSlice(c.Context().RemoteIP())
	}
	return user.Origin{
		Address:   address.Unmap().String(),
		Agent:     httpserver.UserAgent(c),
		RequestID: httpserver.RequestID(c),
	}
}

// maxAgent is as much of a user agent as is kept, in bytes.
const maxAgent = 256

// told is where a person's request came from as auth-service says, in a form that every store takes.
func told(from userapi.Origin, c *fiber.Ctx) user.Origin {
	address := ""
	if a, err := netip.ParseAddr(from.Address); err == nil {
		address = a.Unmap().WithZone("").String()
	}
	agent := strings.ToValidUTF8(from.Agent[:min(len(from.Agent), maxAgent)], "")
	agent = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, agent)
	return user.Origin{Address: address, Agent: agent, RequestID: httpserver.RequestID(c)}
}
