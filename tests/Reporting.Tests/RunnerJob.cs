using System.Collections.Immutable;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Tests;

/// <summary>A job of an Actions runner as the book of steps records it.</summary>
internal static class RunnerJob
{
    private const string Checkout = "actions/checkout@v4";
    private static readonly string Container = string.Concat(Enumerable.Repeat("6e01ffab", 8));

    public static ScriptedJob Script()
    {
        var job = new ScriptedJob();
        job.Begin("block", ["Runner.Worker"], ("github.com:443", ".sallyport.yml:4"), ("packages.example.com:443", ".sallyport.yml:9"));
        job.Add(new ProtectionBegan(FromStart: true, 2.4, []));
        job.Add(new JobIdentified(Facts(null)));
        job.Add(new StepStarted("runner:set-up-job", "Set up job", 1, "job", null, "runner"));
        job.Wait(400);
        job.Add(new StepEnded("runner:set-up-job", "success", "runner"));
        job.Add(new StepStarted("__actions_checkout", "Check out", 2, "main", Checkout, "action"));
        job.Execution = 1;
        var node = job.Run(null, "/home/runner/externals/node24/bin/node", "node", "/home/runner/_work/_actions/actions/checkout/v4/main.js");
        var git = job.Run(node, "/usr/bin/git", "git", "fetch");
        job.Ask(git, "github.com", ["198.51.100.20"], RecordedVerdict.Allowed, 0);
        job.Close(job.Connect(git, "github.com", "198.51.100.20", 443, RecordedVerdict.Allowed, 0), 4_000, 912_000);
        job.Exit(git);
        job.Exit(node);
        Assign(job, "__actions_checkout", node, null);
        job.Add(new StepEnded("__actions_checkout", "success", "node24"));
        var left = Build(job);
        Publish(job, left);
        job.Add(new StepStarted("notify", "Tell <b>everybody</b> ${{ ::error:: }}", 5, "main", null, "run"));
        job.Add(new StepEnded("notify", "skipped"));
        job.Add(new StepStarted("post:__actions_checkout", "Post Check out", 6, "post", Checkout, "action"));
        job.Execution = 5;
        var post = job.Run(null, "/home/runner/externals/node24/bin/node", "node", "/home/runner/_work/_actions/actions/checkout/v4/main.js");
        job.Exit(post);
        Assign(job, "post:__actions_checkout", post, null);
        job.Add(new StepEnded("post:__actions_checkout", "success", "node24"));
        job.Add(new StepStarted("runner:complete-job", "Complete job", 7, "job", null, "runner"));
        job.Execution = 0;
        job.Exit(left);
        job.Add(new StepEnded("runner:complete-job", "success", "runner"));
        job.Add(new JobIdentified(Facts("failure")));
        job.End(1);
        return job;
    }

    // A composite action of two inner steps; the second starts a container and leaves a process.
    private static string Build(ScriptedJob job)
    {
        job.Add(new StepStarted("build", "Build", 3, "main", "./.github/actions/build", "action"));
        job.Execution = 2;
        var make = job.Run(null, "/usr/bin/bash", "bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "/home/runner/_work/_temp/1.sh");
        job.Exit(make);
        Assign(job, "build", make, "build.compile");
        job.Execution = 3;
        var shell = job.Run(null, "/usr/bin/bash", "bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "/home/runner/_work/_temp/2.sh");
        var docker = job.Run(shell, "/usr/bin/docker", "docker", "run", "-d", "postgres:17");
        job.Add(new ContainerStarted(Container, "db", "postgres:17", null, true));
        job.Exit(docker);
        var left = job.Run(shell, "/usr/bin/node", "node", "watch.js");
        job.Exit(shell);
        Assign(job, "build", shell, "build.__run");
        job.Wait(20);
        job.Add(new StepEnded("build", "success", "composite", null, null, true));
        return left;
    }

    private static void Publish(ScriptedJob job, string left)
    {
        job.Add(new StepStarted("publish", "Publish", 4, "main", null, "run"));
        job.Execution = 4;
        var shell = job.Run(null, "/usr/bin/bash", "bash", "-e", "/home/runner/_work/_temp/3.sh");
        job.Connect(shell, "packages.example.com", "198.51.100.10", 443, RecordedVerdict.Allowed, 1);
        job.Find("dns-many-names", "many names", "medium", shell, ("rule", "*.example.com"));

        // Still of the step that started it, although another one runs now.
        job.Execution = 3;
        job.Ask(left, "collect.evil.example", [], RecordedVerdict.Refused);
        job.Execution = 4;
        job.Exit(shell, 1);
        Assign(job, "publish", shell, null, "awaiting-log");
        job.Add(new StepEnded("publish", "failure", "run"));
    }

    private static void Assign(ScriptedJob job, string step, string process, string? inner, string? doubt = null) =>
        job.Add(new ExecutionAssigned(
            step, process, 4200 + int.Parse(process[1..], System.Globalization.CultureInfo.InvariantCulture), inner,
            inner is null ? null : "/home/runner/_work/shop/shop/.github/actions/build", doubt is null, doubt ?? "identity-and-log")
        { Execution = job.Execution });

    private static GitHubDocument Facts(string? result) => new(
        "example/shop", "CI", "example/shop/.github/workflows/ci.yml@refs/heads/main", "build", "build (18)",
        ImmutableSortedDictionary<string, string>.Empty.Add("node", "18"), "4711", "2",
        "51dcb2929a0881cdcbb5330865661cfcda4313aa", "refs/heads/main", "push", "octocat", "GitHub Actions 1", "Linux",
        "github-hosted", "https://github.com", result);
}
