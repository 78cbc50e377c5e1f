package diff_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/internal/fault"
	"cohort/join/diff"
)

func TestWhatChanged(t *testing.T) {
	for _, test := range []struct {
		name, old, new string
		options        diff.Options
		want           string
	}{
		{name: "people join and leave", old: "email,name\na@x,A\nb@x,B\n", new: "email,name\nb@x,B\nc@x,C\n",
			want: "joined,c@x,,,C\nleft,a@x,,A,\n"},
		{name: "a cell changes", old: "email,t\na@x,1\n", new: "email,t\na@x,2\n", want: "changed,a@x,t,1,2\n"},
		{name: "addresses are compared trimmed and in lower case", old: "email,t\nA@X,1\n", new: "email,t\n\" a@x\",1\n",
			want: "changed,a@x,email,A@X,\" a@x\"\n"},
		{name: "also where the key is another address", old: "Mail,t\nA@X,1\n", new: "Mail,t\na@x,1\n",
			options: diff.Options{Key: []string{"mail"}}, want: "changed,a@x,Mail,A@X,a@x\n"},
		{name: "other keys are compared exactly", old: "id,t\nA,1\n", new: "id,t\na,1\n",
			options: diff.Options{Key: []string{"id"}}, want: "joined,a,,,\nleft,A,,,\n"},
		{name: "use of Coder, as accounts go", old: "email,coder_user\na@x,false\nb@x,true\nc@x,\nd@x,true\n",
			new:  "email,coder_user\na@x,true\nb@x,false\nc@x,true\nd@x,\n",
			want: "started,a@x,coder_user,false,true\nstopped,b@x,coder_user,true,false\nchanged,c@x,coder_user,,true\nchanged,d@x,coder_user,true,\n"},
		{name: "use of Coder, by the column that says more", old: "email,coder_user,coder_active\na@x,true,true\nb@x,false,false\n",
			new:  "email,coder_user,coder_active\na@x,true,false\nb@x,true,true\n",
			want: "started,b@x,coder_active,false,true\nstopped,a@x,coder_active,true,false\nchanged,b@x,coder_user,false,true\n"},
		{name: "use of Coder, by the column that both have", old: "email,coder_user\na@x,false\n",
			new:  "email,coder_user,coder_active\na@x,true,true\n",
			want: "column-added,,,,coder_active\nstarted,a@x,coder_user,false,true\n"},
		{name: "use of Coder, as DX has it", old: "email,attribute:Coder\na@x,No\nb@x,Yes\nc@x,None\n",
			new:  "email,attribute:Coder\na@x,Yes\nb@x,No\nc@x,Yes\n",
			want: "started,a@x,attribute:Coder,No,Yes\nstopped,b@x,attribute:Coder,Yes,No\nchanged,c@x,attribute:Coder,None,Yes\n"},
		{name: "levels go up and down", old: "email,coder_usage_level\na@x,None\nb@x,Heavy\nc@x,\nd@x,Light\ne@x,light\n",
			new: "email,coder_usage_level\na@x,Minimal\nb@x,Moderate\nc@x,Heavy\nd@x,Huge\ne@x,Light\n",
			want: "level-up,a@x,coder_usage_level,None,Minimal\nlevel-down,b@x,coder_usage_level,Heavy,Moderate\n" +
				"changed,c@x,coder_usage_level,,Heavy\nchanged,d@x,coder_usage_level,Light,Huge\nchanged,e@x,coder_usage_level,light,Light\n"},
		{name: "levels, as DX has them", old: "email,attribute:Coder usage level\na@x,\n", new: "email,attribute:Coder usage level\na@x,Light\n",
			want: "level-up,a@x,attribute:Coder usage level,None,Light\n"},
		{name: "columns come, go and are renamed", old: "email,t,Department\na@x,1,x\n", new: "email,u,department\na@x,2,y\n",
			want: "column-removed,,,t,\ncolumn-added,,,,u\ncolumn-renamed,,,Department,department\nchanged,a@x,department,x,y\n"},
		{name: "two columns that differ in case are two", old: "email,T,t\na@x,1,2\n", new: "email,t\na@x,1\n",
			want: "column-removed,,,T,\nchanged,a@x,t,2,1\n"},
		{name: "which of two was renamed, nobody knows", old: "email,TEAM,Team\na@x,1,2\n", new: "email,team\na@x,1\n",
			want: "column-removed,,,TEAM,\ncolumn-removed,,,Team,\ncolumn-added,,,,team\n"},
		{name: "columns can be ignored", old: "email,t,u,v\na@x,1,1,1\n", new: "email,T,u,w\na@x,2,2,2\n",
			options: diff.Options{Ignore: []string{"t", "V", "w"}}, want: "changed,a@x,u,1,2\n"},
		{name: "rows without a key are matched by being equal", old: "email,name\n,A\n,A\n,B\n", new: "email,name\n,A\n,C\n",
			want: "added-without-key,,,,C\nremoved-without-key,,,A,\nremoved-without-key,,,B,\n"},
		{name: "a blank is no address", old: "email,name\n ,A\n", new: "email,name\n,A\n",
			want: "added-without-key,,,,A\nremoved-without-key,,,A,\n"},
		{name: "what has neither key nor name is called by its first cell", old: "email,attribute:a,b\n", new: "email,attribute:a,b\n,None,B\n",
			want: "added-without-key,,,,B\n"},
		{name: "of several rows with one key, equal ones cancel out", old: "email,t\na@x,1\nA@x,2\n", new: "email,t\nA@x,2\na@x,3\n",
			want: "changed,a@x,t,1,3\n"},
		{name: "the others are paired by who they are", old: "email,name,t,u\na@x,Ada,1,1\na@x,Ben,2,2\n", new: "email,name,t,u\na@x,Ben,1,1\na@x,Ada,2,2\n",
			want: "changed,a@x,t,1,2\nchanged,a@x,u,1,2\nchanged,a@x,t,2,1\nchanged,a@x,u,2,1\n"},
		{name: "one of several with one key leaves", old: "email,name,t\na@x,Ada,1\na@x,Ben,1\n", new: "email,name,t\na@x,Ben,2\n",
			want: "left,a@x,,Ada,\nchanged,a@x,t,1,2\n"},
		{name: "several columns are a key together", old: "email,username,t\na@x,ada,1\na@x,ben,1\n,cem,1\n", new: "email,username,t\nA@x,ben,2\na@x,ada,1\n,cem,2\n",
			options: diff.Options{Key: []string{"email", "username"}},
			want:    "changed,\", cem\",t,1,2\nchanged,\"a@x, ben\",email,a@x,A@x\nchanged,\"a@x, ben\",t,1,2\n"},
		{name: "formulas are escaped", old: "email,t\na@x,1\n", new: "email,t\na@x,=1+1\n", want: "changed,a@x,t,1,'=1+1\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			result := compare(t, test.old, test.new, test.options)
			if diff := cmp.Diff(test.want, asCSV(t, result)); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			if !result.Differs() {
				t.Error("it says that nothing changed")
			}
		})
	}
}

func TestAKeyThatSaysTooLittleIsNotGuessedAt(t *testing.T) {
	crowd := func(value string) string {
		var b strings.Builder
		b.WriteString("email,n,t\n")
		for i := range 101 {
			fmt.Fprintf(&b, "all@x,%d,%s\n", i, value)
		}
		return b.String()
	}
	counts := compare(t, crowd("1"), crowd("2"), diff.Options{}).Counts
	if counts.Joined != 101 || counts.Left != 101 || counts.Changed != 0 || counts.Crowds != 1 {
		t.Errorf("got %+v", counts)
	}
	if same := compare(t, crowd("1"), crowd("1"), diff.Options{}); same.Differs() {
		t.Errorf("got %+v", same.Counts)
	}
}

func TestColumnsThatAreNotThere(t *testing.T) {
	for _, test := range []struct {
		name, old, new string
		options        diff.Options
		want           string
	}{
		{name: "no key in the old export", old: "Mail,t\n", new: "email,t\n",
			want: "old has no column \"email\"; did you mean Mail? --key names the column to match by"},
		{name: "no key in the new one", old: "email,t\n", new: "a,b\n",
			want: "new has no column \"email\"; the columns are a, b. --key names the column to match by"},
		{name: "another key", old: "email,idp_id\n", new: "email,id\n", options: diff.Options{Key: []string{"idp_id"}},
			want: "new has no column \"idp_id\"; the columns are email, id. --key names the column to match by"},
		{name: "nothing to ignore", old: "email,title\n", new: "email\n", options: diff.Options{Ignore: []string{"titel"}},
			want: "--ignore: neither export has a column \"titel\"; did you mean title?"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := diff.Compare(read(t, "old", test.old), read(t, "new", test.new), test.options)
			if err == nil || err.Error() != test.want || fault.KindOf(err) != fault.Usage {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestRowsThatChangeBecauseSomebodyWorks(t *testing.T) {
	result := compare(t, "email,t,coder_last_seen_at,coder_active_days\na@x,1,1,1\nb@x,1,1,1\nc@x,1,1,1\n",
		"email,t,coder_last_seen_at,coder_active_days\na@x,1,2,2\nb@x,2,2,1\nc@x,1,1,1\n", diff.Options{})
	want := []diff.ColumnCount{{"t", 1, false}, {"coder_last_seen_at", 2, true}, {"coder_active_days", 1, true}}
	if diff := cmp.Diff(want, result.ByColumn); diff != "" {
		t.Errorf("by column (-want +got):\n%s", diff)
	}
	if c := result.Counts; c.Changed != 2 || c.OnlyVolatile != 1 || c.Same != 1 {
		t.Errorf("got %+v", c)
	}
}

func TestTheDocument(t *testing.T) {
	result := compare(t, "email,name,coder_active,coder_last_seen_at,old\na@x,Ada,false,1,\nb@x,Ben,true,1,\nb@x,Bo,,2,\n,Cy,true,,\n",
		`{"email":"A@x","name":"Ada","coder_active":true,"coder_last_seen_at":2}`+"\n"+
			`{"email":"d@x","name":"Di\u001b[31m\u009b\u007f\u202e<","coder_active":true,"coder_last_seen_at":null}`, diff.Options{})
	var b strings.Builder
	if err := result.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(document, b.String()); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	var again diff.Result
	if err := json.Unmarshal([]byte(b.String()), &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(result, &again); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

const document = `{
  "old": {
    "name": "old",
    "format": "csv",
    "rows": 4,
    "using_coder": 2,
    "without_key": 1,
    "shared_keys": 1
  },
  "new": {
    "name": "new",
    "format": "jsonl",
    "rows": 2,
    "using_coder": 2,
    "without_key": 0,
    "shared_keys": 0
  },
  "key": [
    "email"
  ],
  "columns": {
    "compared": [
      "email",
      "name",
      "coder_active",
      "coder_last_seen_at"
    ],
    "only_old": [
      "old"
    ],
    "only_new": [],
    "renamed": [],
    "ignored": []
  },
  "use_column": "coder_active",
  "level_column": "",
  "counts": {
    "joined": 1,
    "left": 2,
    "joined_using_coder": 1,
    "left_using_coder": 1,
    "added_without_key": 0,
    "removed_without_key": 1,
    "changed": 1,
    "changed_only_volatile": 0,
    "same": 0,
    "changed_cells": 3,
    "started_using_coder": 1,
    "stopped_using_coder": 0,
    "level_up": 0,
    "level_down": 0,
    "crowded_keys": 0
  },
  "changes_by_column": [
    {
      "column": "email",
      "cells": 1,
      "volatile": false
    },
    {
      "column": "coder_active",
      "cells": 1,
      "volatile": false
    },
    {
      "column": "coder_last_seen_at",
      "cells": 1,
      "volatile": true
    }
  ],
  "joined": [
    {
      "key": "d@x",
      "name": "Di\u001b[31m\u009b\u007f\u202e<",
      "uses_coder": true
    }
  ],
  "left": [
    {
      "key": "b@x",
      "name": "Bo",
      "uses_coder": null
    },
    {
      "key": "b@x",
      "name": "Ben",
      "uses_coder": true
    }
  ],
  "added_without_key": [],
  "removed_without_key": [
    {
      "key": "",
      "name": "Cy",
      "uses_coder": true
    }
  ],
  "started_using_coder": [
    {
      "key": "a@x",
      "name": "Ada",
      "column": "coder_active",
      "old": "false",
      "new": "true"
    }
  ],
  "stopped_using_coder": [],
  "level_up": [],
  "level_down": [],
  "changed": [
    {
      "key": "a@x",
      "name": "Ada",
      "column": "email",
      "old": "a@x",
      "new": "A@x"
    },
    {
      "key": "a@x",
      "name": "Ada",
      "column": "coder_last_seen_at",
      "old": "1",
      "new": "2"
    }
  ]
}
`
