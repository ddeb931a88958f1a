// Package frontend holds the pages that the gateway serves: plain HTML, CSS and ES modules, published as they are.
package frontend

import "embed"

// Files is the published site. The gateway maps a clean path such as /signup to signup.html.
//
//go:embed *.html css js img
var Files embed.FS
