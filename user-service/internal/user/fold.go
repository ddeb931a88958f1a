package user

import "gatehouse/internal/uid"

// Fold is the form in which uids and names are compared.
func Fold(s string) string { return uid.Fold(s) }
