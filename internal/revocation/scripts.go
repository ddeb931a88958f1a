package revocation

import (
	_ "embed"

	"github.com/redis/go-redis/v9"
)

// The keys of the list; the braces put them on one node of a cluster.
const (
	generationKey = "{rev}:gen"
	setKey        = "{rev}:set"
	usersKey      = "{rev}:users"
	logKey        = "{rev}:log"
	gatewaysKey   = "{rev}:gateways"
)

// keys are what every script gets, in the order that prelude.lua names.
var keys = []string{generationKey, setKey, usersKey, logKey, gatewaysKey}

// The sources of the scripts; each runs behind the prelude.
var (
	//go:embed prelude.lua
	prelude string
	//go:embed generation.lua
	generationSource string
	//go:embed append.lua
	appendSource string
	//go:embed renew.lua
	renewSource string
	//go:embed acknowledge.lua
	acknowledgeSource string
	//go:embed acknowledged.lua
	acknowledgedSource string
	//go:embed forget.lua
	forgetSource string
)

var (
	generationScript   = redis.NewScript(prelude + generationSource)
	appendScript       = redis.NewScript(prelude + appendSource)
	renewScript        = redis.NewScript(prelude + renewSource)
	acknowledgeScript  = redis.NewScript(prelude + acknowledgeSource)
	acknowledgedScript = redis.NewScript(prelude + acknowledgedSource)
	forgetScript       = redis.NewScript(prelude + forgetSource)
)
