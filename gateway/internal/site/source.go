package site

import (
	"io/fs"
	"net/url"
	"path"
	"strings"
)

// source is a file of the frontend as it was written, until its references are exchanged.
type source struct {
	name    string // in the frontend
	address string
	lasting string // its lasting address; empty until it has one, and for good when it gets none
	body    []byte

	references []reference
	unknown    bool // a script that may refer to others in ways that cannot be foreseen
}

// reference is the place where a file names the address of another: the path alone, without query and fragment.
type reference struct {
	start, end int
	to         *source
}

// read reads all files, and finds out which refer to which.
func read(files fs.FS) ([]*source, error) {
	var all []*source
	at := map[string]*source{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		s := &source{name: name, address: address(name), body: body}
		all, at[s.address] = append(all, s), s
		return nil
	})
	for _, s := range all {
		s.refer(at)
	}
	return all, err
}

func (s *source) isPage() bool { return path.Ext(s.name) == ".html" }

func (s *source) isScript() bool { ext := path.Ext(s.name); return ext == ".js" || ext == ".mjs" }

// refer keeps those references that lead to a file here. All others stay as they are written.
func (s *source) refer(at map[string]*source) {
	var found []mention
	switch {
	case s.isPage():
		found = inPage(s.body)
	case s.isScript():
		found, s.unknown = inScript(s.body)
	case path.Ext(s.name) == ".css":
		found = inStyle(s.body)
	}
	base := &url.URL{Path: s.address}
	for _, m := range found {
		written := m.text
		if i := strings.IndexAny(written, "?#"); i >= 0 {
			written = written[:i]
		}
		if to := at[resolve(base, written)]; to != nil {
			s.references = append(s.references, reference{m.start, m.start + len(written), to})
		}
	}
}

// resolve is the address that a path leads to, or nothing when it leads elsewhere. Whatever is escaped in the way of the
// file's own language is no address.
func resolve(base *url.URL, written string) string {
	u, err := url.Parse(written)
	if err != nil || written == "" || u.Scheme != "" || u.Host != "" {
		return ""
	}
	return base.ResolveReference(u).Path
}

// written is the body with the lasting addresses that are known.
func (s *source) written() []byte {
	var out []byte
	done := 0
	for _, r := range s.references {
		if r.to.lasting == "" {
			continue
		}
		escaped := url.URL{Path: r.to.lasting}
		out = append(append(out, s.body[done:r.start]...), escaped.EscapedPath()...)
		done = r.end
	}
	return append(out, s.body[done:]...)
}
