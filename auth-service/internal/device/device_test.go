package device_test

import (
	"strings"
	"testing"

	"gatehouse/auth-service/internal/device"
)

const mozilla, webkit = "Mozilla/5.0 ", " AppleWebKit/537.36 (KHTML, like Gecko) "

var agents = map[string]device.Device{
	mozilla + "(X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0":                                     {"Firefox", "Linux", device.Desktop},
	mozilla + "(Windows NT 10.0; Win64; x64)" + webkit + "Chrome/127.0.0.0 Safari/537.36":                      {"Chrome", "Windows", device.Desktop},
	mozilla + "(Windows NT 10.0; Win64; x64)" + webkit + "Chrome/127.0.0.0 Safari/537.36 Edg/127.0.0.0":        {"Edge", "Windows", device.Desktop},
	mozilla + "(Windows NT 10.0; Win64; x64)" + webkit + "Chrome/127.0.0.0 Safari/537.36 OPR/112.0.0.0":        {"Opera", "Windows", device.Desktop},
	mozilla + "(X11; CrOS x86_64 14541.0.0)" + webkit + "Chrome/127.0.0.0 Safari/537.36":                       {"Chrome", "ChromeOS", device.Desktop},
	mozilla + "(Macintosh; Intel Mac OS X 10_15_7)" + webkit + "Version/17.5 Safari/605.1.15":                  {"Safari", "macOS", device.Desktop},
	mozilla + "(Macintosh; Intel Mac OS X 10_15_7)" + webkit + "Chrome/127.0.0.0 YaBrowser/24.7 Safari/537.36": {"Yandex Browser", "macOS", device.Desktop},
	mozilla + "(iPhone; CPU iPhone OS 17_5 like Mac OS X)" + webkit + "Version/17.5 Mobile/15E148 Safari/604":  {"Safari", "iOS", device.Phone},
	mozilla + "(iPhone; CPU iPhone OS 17_5 like Mac OS X)" + webkit + "CriOS/127.0 Mobile/15E148 Safari/604.1": {"Chrome", "iOS", device.Phone},
	mozilla + "(iPad; CPU OS 17_5 like Mac OS X)" + webkit + "Version/17.5 Mobile/15E148 Safari/604.1":         {"Safari", "iOS", device.Tablet},
	mozilla + "(Linux; Android 14; Pixel 8)" + webkit + "Chrome/127.0.0.0 Mobile Safari/537.36":                {"Chrome", "Android", device.Phone},
	mozilla + "(Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0":                                       {"Firefox", "Android", device.Phone},
	mozilla + "(Android 14; Tablet; rv:128.0) Gecko/128.0 Firefox/128.0":                                       {"Firefox", "Android", device.Tablet},
	mozilla + "(Linux; Android 14; SM-S921B)" + webkit + "SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537":  {"Samsung Browser", "Android", device.Phone},
	mozilla + "(X11; Linux x86_64)" + webkit + "HeadlessChrome/127.0.0.0 Safari/537.36":                        {"Headless Chrome", "Linux", device.Bot},
	mozilla + "(compatible; Googlebot/2.1; +http://www.google.com/bot.html)":                                   {"", "", device.Bot},
	"curl/8.5.0":         {"curl", "", device.Other},
	"Go-http-client/1.1": {"", "", device.Other},
	"":                   {"", "", device.Other},
}

func TestAgents(t *testing.T) {
	for agent, want := range agents {
		if got := device.Of(agent); got != want {
			t.Errorf("%s\nis %+v; want %+v", agent, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	for want, d := range map[string]device.Device{
		"Firefox on Linux":            {Browser: "Firefox", OS: "Linux"},
		"curl":                        {Browser: "curl"},
		"an unknown browser on Linux": {OS: "Linux"},
		"an unknown device":           {},
	} {
		if d.String() != want {
			t.Errorf("%+v is %q; want %q", d, d.String(), want)
		}
	}
}

// Whatever somebody sends, nothing of it is in the words, and nothing breaks.
func FuzzOf(f *testing.F) {
	for agent := range agents {
		f.Add(agent)
	}
	for _, agent := range []string{"Call +1 555 0100 now", "(", ")", "/;/(", "Chrome/ Safari/ <b>x</b>/1", "Android;", "\xff(Android\x00"} {
		f.Add(agent)
	}
	known := make(map[string]bool)
	for _, word := range strings.Fields(`Chrome Headless Firefox Safari Edge Opera Mini Touch Vivaldi Samsung Browser Internet
		Explorer Facebook Instagram TikTok app Android browser Huawei Mi Yandex Brave DuckDuckGo GNOME Web curl
		Windows Phone macOS iOS Linux FreeBSD ChromeOS BlackBerry Harmony an unknown device on`) {
		known[word] = true
	}
	f.Fuzz(func(t *testing.T, agent string) {
		for _, word := range strings.Fields(device.Of(agent).String()) {
			if !known[word] {
				t.Errorf("%q of %q is not ours", word, agent)
			}
		}
	})
}
