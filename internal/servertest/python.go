package servertest

import (
	"os/exec"
	"testing"
)

// Python is an interpreter with PyJWT; the system's own may be another than that of the PATH.
func Python(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import jwt, cryptography").Run() == nil {
			return name
		}
	}
	Missing(t, "Python with PyJWT", "install python3-jwt and python3-cryptography")
	return ""
}
