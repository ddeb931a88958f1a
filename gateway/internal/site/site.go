// Package site is the frontend as browsers get it. Every file is at its readable address. All but pages are also at a
// lasting one, which changes with what the file says, and files refer to each other by it: a browser may keep what it has
// got there for ever, and needs to ask for pages alone. Each file is compressed once, when the site is loaded.
package site

import (
	"io/fs"
	"iter"
	"path"
	"regexp"
	"runtime/debug"
	"strings"
)

const notFoundPage = "404.html"

// Site is the frontend.
type Site struct {
	NotFound *File // nil when there is no such page
	files    map[string]*File
	all      []*File
}

// File is what is at an address.
type File struct {
	Type    string // of the content
	Lasting bool   // nothing else will ever be at the address

	representations []*Representation // the plain one, and those that are smaller
}

// Representation is a file in one encoding (RFC 9110 §8.4.1).
type Representation struct {
	*File
	Encoding string // empty for the plain one
	Body     []byte
	ETag     string // strong: of exactly these bytes
}

// Load reads all files: index.html is /, signup.html is /signup, all others are where they lie.
func Load(files fs.FS) (*Site, error) {
	sources, err := read(files)
	if err != nil {
		return nil, err
	}
	fingerprint(sources)
	s := &Site{files: make(map[string]*File, 2*len(sources))}
	press := newPress()
	for _, source := range sources {
		if err := s.add(source, press); err != nil {
			return nil, err
		}
	}
	debug.FreeOSMemory() // what reading and compressing took is not needed again
	return s, nil
}

func (s *Site) add(source *source, press *press) error {
	forms, err := press.forms(source.body)
	if err != nil {
		return err
	}
	f := s.newFile(source, forms)
	if source.name == notFoundPage {
		s.NotFound = f
		return nil
	}
	s.files[source.address] = f
	if source.lasting != "" {
		lasting := s.newFile(source, forms)
		lasting.Lasting = true
		s.files[source.lasting] = lasting
	}
	return nil
}

func (s *Site) newFile(source *source, forms []form) *File {
	f := &File{Type: contentType(source.name)}
	for _, form := range forms {
		f.representations = append(f.representations, &Representation{f, form.encoding, form.body, form.etag()})
	}
	s.all = append(s.all, f)
	return f
}

// Representations are those of all files.
func (s *Site) Representations() iter.Seq[*Representation] {
	return func(yield func(*Representation) bool) {
		for _, f := range s.all {
			for _, r := range f.representations {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// outdated is the lasting address of a file as it may have been, or will be.
var outdated = regexp.MustCompile(`^(/.*)\.[0-9a-f]{12}(\.[^./]+)$`)

// At is the file at an address, or nil. A page that was loaded from an older or a newer gateway finds its files too, as
// they are here.
func (s *Site) At(address string) *File {
	if f, ok := s.files[address]; ok {
		return f
	}
	if parts := outdated.FindStringSubmatch(address); parts != nil {
		return s.files[parts[1]+parts[2]]
	}
	return nil
}

// address is where a file of the frontend is found.
func address(name string) string {
	clean, isPage := strings.CutSuffix("/"+name, ".html")
	if isPage && path.Base(clean) == "index" {
		return strings.TrimSuffix(clean, "index")
	}
	return clean
}
