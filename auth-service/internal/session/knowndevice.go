package session

import (
	"crypto/hmac"
	"crypto/subtle"
	"strings"
	"time"

	"gatehouse/internal/uid"
)

// DeviceLimit is how long a browser is known after its last sign-in.
const DeviceLimit = 180 * 24 * time.Hour

const (
	maxTags   = 8  // accounts that one browser is known for
	tagLength = 16 // characters of base64url, 96 bits
)

// KnownDevices makes and opens the device cookie, by which a browser shows that somebody has signed in to an account there:
//
//	<device id>.<tag>[.<tag>...].<mac>
//
// A tag is an HMAC over the device and the uid, so that the cookie tells nobody whose accounts they are; the newest is
// first. It is no proof of anything else: who holds it has to know the password all the same.
type KnownDevices struct{ key []byte }

// NewKnownDevices uses the key, which all replicas share; at least 32 random bytes.
func NewKnownDevices(key []byte) KnownDevices { return KnownDevices{key: key} }

// KnownDevice is a browser and the accounts that it is known for, none when it is new.
type KnownDevice struct {
	by   KnownDevices
	id   string
	tags []string
}

// Open gives the browser of a cookie. Without one of ours it is a new browser, which gets its id from newID.
func (k KnownDevices) Open(cookie string, newID func() string) KnownDevice {
	cut := strings.LastIndexByte(cookie, '.')
	if cut < 0 || !hmac.Equal([]byte(cookie[cut+1:]), []byte(k.mac(cookie[:cut]))) {
		return KnownDevice{by: k, id: newID()}
	}
	parts := strings.Split(cookie[:cut], ".")
	return KnownDevice{by: k, id: parts[0], tags: parts[1:]}
}

func (k KnownDevices) mac(body string) string { return mac(k.key, "device cookie v1", body) }

// Knows reports whether somebody has signed in to the account here. Its time does not tell which accounts are known.
func (d KnownDevice) Knows(name string) bool {
	found, tag := 0, d.tag(name)
	for _, t := range d.tags {
		found |= subtle.ConstantTimeCompare([]byte(t), []byte(tag))
	}
	return found == 1
}

// Remember is the cookie of the browser once somebody has signed in to the account here.
func (d KnownDevice) Remember(name string) string {
	tags := []string{d.tag(name)}
	for _, t := range d.tags {
		if t != tags[0] && len(tags) < maxTags {
			tags = append(tags, t)
		}
	}
	body := d.id + "." + strings.Join(tags, ".")
	return body + "." + d.by.mac(body)
}

// tag stands for an account in this browser alone.
func (d KnownDevice) tag(name string) string {
	return mac(d.by.key, "device tag v1", d.id+"\x00"+uid.Fold(name))[:tagLength]
}
