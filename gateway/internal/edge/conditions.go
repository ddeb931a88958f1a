package edge

import "strings"

// comparison is one of the two in which entity tags are compared (RFC 9110 §8.8.3.2).
type comparison int

const (
	strongly comparison = iota // a weak one equals none
	weakly
)

// matches reports whether If-Match or If-None-Match (RFC 9110 §13.1.1, §13.1.2) names the tag, which is a strong one.
func matches(header, etag string, how comparison) bool {
	for candidate := range strings.SplitSeq(header, ",") {
		candidate = strings.TrimSpace(candidate)
		if how == weakly {
			candidate = strings.TrimPrefix(candidate, "W/")
		}
		if candidate == "*" || candidate == etag {
			return true
		}
	}
	return false
}
