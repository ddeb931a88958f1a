package site

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"github.com/molecule-man/go-brrr"
)

// form is a body in one encoding; the plain one has none.
type form struct {
	encoding string
	body     []byte
}

// etagSize is in bytes.
const etagSize = 16

func (f form) etag() string {
	digest := sha256.Sum256(f.body)
	return `"` + hex.EncodeToString(digest[:etagSize]) + `"`
}

// worthwhile is how much smaller an encoding must be, in percent of the plain file.
const worthwhile = 95

// press compresses one file after the other.
type press struct {
	brotli *brrr.Writer
	gzip   *gzip.Writer
}

type resettable interface {
	io.WriteCloser
	Reset(io.Writer)
}

// Brotli's best quality, 11, makes pages a tenth smaller still, and takes thirty times as long at each start. A window of
// 64 KiB holds a whole file, and keeps the memory small.
const (
	brotliQuality = 9
	brotliWindow  = 16
)

func newPress() *press {
	b, err := brrr.NewWriterOptions(io.Discard, brotliQuality, brrr.WriterOptions{LGWin: brotliWindow})
	if err != nil {
		panic(err) // the options are constants
	}
	g, err := gzip.NewWriterLevel(io.Discard, gzip.BestCompression)
	if err != nil {
		panic(err)
	}
	return &press{b, g}
}

// forms are the plain one, and the compressed ones that are worth it.
func (p *press) forms(body []byte) ([]form, error) {
	all := []form{{"", body}}
	for _, c := range []struct {
		encoding string
		writer   resettable
	}{{"br", p.brotli}, {"gzip", p.gzip}} {
		var out bytes.Buffer
		c.writer.Reset(&out)
		if _, err := c.writer.Write(body); err != nil {
			return nil, err
		}
		if err := c.writer.Close(); err != nil {
			return nil, err
		}
		if out.Len()*100 < len(body)*worthwhile {
			all = append(all, form{c.encoding, bytes.Clone(out.Bytes())})
		}
	}
	return all, nil
}
