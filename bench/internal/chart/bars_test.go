package chart

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
)

// picture is what a reader of the SVG finds.
type picture struct {
	Title string `xml:"title"`
	Bars  []struct {
		Class string  `xml:"class,attr"`
		Width float64 `xml:"width,attr"`
	} `xml:"rect"`
	Texts []string `xml:"text"`
}

func TestBarsAreInProportion(t *testing.T) {
	drawn := SVG("Requests & more", []Bar{
		{Label: "ours", Value: 200, Text: "200", Strong: true}, {Label: "<theirs>", Value: 50, Text: "50"}, {Label: "none"},
	})
	var p picture
	if err := xml.Unmarshal(drawn, &p); err != nil {
		t.Fatal(err)
	}
	if p.Title != "Requests & more" || len(p.Bars) != 3 || p.Bars[0].Width != 4*p.Bars[1].Width || p.Bars[2].Width != 0 {
		t.Errorf("%+v", p)
	}
	if p.Bars[0].Class != "strong" || p.Bars[1].Class != "bar" {
		t.Errorf("classes %+v", p.Bars)
	}
	if got := fmt.Sprint(p.Texts); got != "[Requests & more ours 200 <theirs> 50 none ]" {
		t.Errorf("texts %s", got)
	}
	if !strings.Contains(string(drawn), "prefers-color-scheme:dark") {
		t.Error("not fit for dark pages")
	}
}

func TestNothingToDraw(t *testing.T) {
	for _, bars := range [][]Bar{nil, {{Label: "zero"}}} {
		if drawn := string(SVG("empty", bars)); strings.Contains(drawn, "NaN") {
			t.Error(drawn)
		}
	}
}
