// Package device tells from a user agent what somebody signs in with, in words for that person.
//
// A user agent is whatever its sender likes. So the words are chosen from those that are known here, and nothing of the text
// itself gets through: it may be shown in a mail that says who signed in.
package device

import "github.com/mileusna/useragent"

// Kind is a kind of device.
type Kind string

// The kinds.
const (
	Desktop Kind = "desktop"
	Phone   Kind = "phone"
	Tablet  Kind = "tablet"
	Bot     Kind = "bot"
	Other   Kind = "other"
)

// Device is what somebody signs in with. What is not known is empty.
type Device struct {
	Browser string `json:"browser"`
	OS      string `json:"os"`
	Kind    Kind   `json:"kind"`
}

// browsers are the names that people know; the library makes up others from the text.
var browsers = map[string]string{
	useragent.Chrome: "Chrome", useragent.HeadlessChrome: "Headless Chrome", useragent.Firefox: "Firefox",
	useragent.Safari: "Safari", useragent.Edge: "Edge", useragent.Opera: "Opera", useragent.OperaMini: "Opera Mini",
	useragent.OperaTouch: "Opera Touch", useragent.Vivaldi: "Vivaldi", useragent.SamsungBrowser: "Samsung Browser",
	useragent.InternetExplorer: "Internet Explorer", useragent.FacebookApp: "Facebook app",
	useragent.InstagramApp: "Instagram app", useragent.TiktokApp: "TikTok app", "Android browser": "Android browser",
	"Huawei Browser": "Huawei Browser", "Miui Browser": "Mi Browser", "YaBrowser": "Yandex Browser", "Brave": "Brave",
	"DuckDuckGo": "DuckDuckGo", "Ddg": "DuckDuckGo", "Epiphany": "GNOME Web", "curl": "curl",
}

// Of tells what the user agent is of.
func Of(agent string) Device {
	ua := useragent.Parse(agent)
	return Device{Browser: browsers[ua.Name], OS: ua.OS, Kind: kind(ua)}
}

func kind(ua useragent.UserAgent) Kind {
	switch {
	case ua.Bot:
		return Bot
	case ua.Tablet:
		return Tablet
	case ua.Mobile:
		return Phone
	case ua.Desktop:
		return Desktop
	}
	return Other
}

// String is such as "Firefox on Linux".
func (d Device) String() string {
	switch {
	case d.Browser == "" && d.OS == "":
		return "an unknown device"
	case d.Browser == "":
		return "an unknown browser on " + d.OS
	case d.OS == "":
		return d.Browser
	}
	return d.Browser + " on " + d.OS
}
