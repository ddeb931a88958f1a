package site

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"path"
	"slices"
	"strings"
)

// fingerprintSize is in bytes: enough that no two states of a file ever share an address.
const fingerprintSize = 6

// fingerprint gives all files but pages their lasting addresses, and writes these into those that refer to them.
func fingerprint(sources []*source) {
	waiting := slices.DeleteFunc(slices.Clone(sources), staysReadable(sources))
	for len(waiting) > 0 {
		ready := slices.DeleteFunc(slices.Clone(waiting), func(s *source) bool { return s.refersTo(waiting) })
		if len(ready) == 0 { // some refer to each other in a circle: what is left changes as one
			name(waiting)
			break
		}
		for _, s := range ready {
			name([]*source{s})
		}
		waiting = slices.DeleteFunc(waiting, func(s *source) bool { return s.lasting != "" })
	}
	bodies := make([][]byte, len(sources))
	for i, s := range sources {
		bodies[i] = s.written()
	}
	for i, s := range sources {
		s.body, s.references = bodies[i], nil
	}
}

// staysReadable tells which files get no lasting address. A module that is loaded from two addresses is there twice, each
// with a state of its own: where it cannot be known what a script imports, all scripts keep to their readable ones.
func staysReadable(sources []*source) func(*source) bool {
	unknown := slices.ContainsFunc(sources, func(s *source) bool { return s.unknown })
	return func(s *source) bool { return s.isPage() || unknown && s.isScript() }
}

func (s *source) refersTo(others []*source) bool {
	return slices.ContainsFunc(s.references, func(r reference) bool { return slices.Contains(others, r.to) })
}

// name gives files lasting addresses that change when one of them does, or one that they refer to.
func name(together []*source) {
	digest := sha256.New()
	for _, s := range together {
		body := s.written()
		digest.Write(binary.BigEndian.AppendUint64(nil, uint64(len(body))))
		digest.Write(body)
	}
	print := hex.EncodeToString(digest.Sum(nil)[:fingerprintSize])
	for _, s := range together {
		ext := path.Ext(s.address)
		s.lasting = strings.TrimSuffix(s.address, ext) + "." + print + ext
	}
}
