package site

import (
	"strconv"
	"strings"
)

// Negotiated reports whether what is sent depends on Accept-Encoding.
func (f *File) Negotiated() bool { return len(f.representations) > 1 }

// For is the representation that the client likes best by its Accept-Encoding (RFC 9110 §12.5.3), of those it likes
// equally the smallest. One who takes none of them gets the plain one.
func (f *File) For(acceptEncoding string) *Representation {
	plain := f.representations[0]
	if acceptEncoding == "" {
		return plain
	}
	best, liked := plain, weightOf(acceptEncoding, "identity")
	for _, r := range f.representations[1:] {
		weight := weightOf(acceptEncoding, r.Encoding)
		if weight > liked || weight > 0 && weight == liked && len(r.Body) < len(best.Body) {
			best, liked = r, weight
		}
	}
	return best
}

// weightOf is how much an encoding is liked, in thousandths. What is not named counts as "*" does.
func weightOf(acceptEncoding, encoding string) int {
	weight := 0
	for item := range strings.SplitSeq(acceptEncoding, ",") {
		coding, params, _ := strings.Cut(item, ";")
		switch coding = strings.TrimSpace(coding); {
		case isCoding(coding, encoding):
			return quality(params)
		case coding == "*":
			weight = quality(params)
		}
	}
	return weight
}

// isCoding knows gzip by its older name too (RFC 9110 §8.4.1.3).
func isCoding(written, encoding string) bool {
	return strings.EqualFold(written, encoding) || encoding == "gzip" && strings.EqualFold(written, "x-gzip")
}

// quality is the q of a list item in thousandths: 1000 when there is none, 0 when it is no number from 0 to 1.
func quality(params string) int {
	name, value, found := strings.Cut(params, "=")
	if !found || !strings.EqualFold(strings.TrimSpace(name), "q") {
		return 1000
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || !(q >= 0 && q <= 1) {
		return 0
	}
	return int(q * 1000)
}
