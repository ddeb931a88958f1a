package api

import (
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/auth-service/internal/session"
	"gatehouse/internal/cookiename"
	"gatehouse/internal/origin"
)

// Cookies writes, clears and reads our cookies; nothing else in this service does.
type Cookies struct {
	access, refresh, device string // names
	accessTTL               time.Duration
	secure                  bool
	sameSite                string
}

// NewCookies fits the cookies to where the pages are: on https they are Secure and prefixed; when a page of another site
// may call, they are SameSite=None, which browsers take only with Secure.
func NewCookies(name string, public *url.URL, allowed []*url.URL, accessTTL time.Duration) Cookies {
	https := public.Scheme == "https"
	c := Cookies{
		access: cookiename.Access(name, https), refresh: cookiename.Refresh(name, https), device: cookiename.Device(name, https),
		accessTTL: accessTTL, secure: https, sameSite: fiber.CookieSameSiteLaxMode,
	}
	for _, o := range allowed {
		if !origin.SameSite(public, o) {
			c.secure, c.sameSite = true, fiber.CookieSameSiteNoneMode
		}
	}
	return c
}

func (k Cookies) write(c *fiber.Ctx, g session.Grant) {
	k.set(c, k.access, "/", g.AccessToken, k.accessTTL)
	k.set(c, k.refresh, cookiename.RefreshPath, g.RefreshToken, session.IdleLimit)
	if g.DeviceCookie != "" { // a refresh gives none
		k.set(c, k.device, cookiename.RefreshPath, g.DeviceCookie, session.DeviceLimit)
	}
}

// clear ends the session in the browser, which is known again at its next login.
func (k Cookies) clear(c *fiber.Ctx) {
	k.set(c, k.access, "/", "", -time.Second)
	k.set(c, k.refresh, cookiename.RefreshPath, "", -time.Second)
}

// set writes one cookie with every attribute spelled out; a negative age clears it. There is no Domain on purpose: the
// cookie is for this host alone.
func (k Cookies) set(c *fiber.Ctx, name, path, value string, age time.Duration) {
	c.Cookie(&fiber.Cookie{
		Name: name, Value: value, Path: path, MaxAge: int(age.Seconds()),
		HTTPOnly: true, Secure: k.secure, SameSite: k.sameSite,
	})
}

// refreshToken is the one the browser sent, or empty.
func (k Cookies) refreshToken(c *fiber.Ctx) string { return c.Cookies(k.refresh) }

// had is all that the browser sent.
func (k Cookies) had(c *fiber.Ctx) session.Had {
	return session.Had{RefreshToken: k.refreshToken(c), DeviceCookie: c.Cookies(k.device)}
}
