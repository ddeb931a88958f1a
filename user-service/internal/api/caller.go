package api

import "github.com/gofiber/fiber/v2"

// showCaller tells who is signed in: GET /api/id.
func (a *API) showCaller(c *fiber.Ctx, by caller) error { return c.JSON(whole(by.user)) }
