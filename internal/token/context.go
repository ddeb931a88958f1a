package token

import "github.com/golang-jwt/jwt/v5"

// FromContext gives the claims of what the middleware gofiber/contrib/jwt leaves in a request's context.
func FromContext(value any) (*Claims, bool) {
	t, ok := value.(*jwt.Token)
	if !ok || !t.Valid {
		return nil, false
	}
	claims, ok := t.Claims.(*Claims)
	return claims, ok
}
