// Package e2e tests the whole of Gatehouse through its one public door, as people and programs use it.
//
// The tests carry the build tag e2e. They run against a stack: by default the machine's own (deploy/native, with the
// race detector built in), with E2E_STACK=compose the containers of docker-compose.yml. Either is started beside whatever
// else runs here, on other ports, and removed afterwards.
package e2e
