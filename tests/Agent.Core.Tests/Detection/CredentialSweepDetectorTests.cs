using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Detection;
using Sallyport.Protocol.Recording;
using Xunit;

namespace Sallyport.Agent.Core.Tests.Detection;

/// <summary>What one command is: a step's shell calls several, any other program that a step begins with is one with all that it starts.</summary>
public sealed class CredentialSweepDetectorTests : IEventSink<RecordedEvent>
{
    private const string Container = "c0ffee";

    private readonly Detectors detectors = new();
    private readonly List<FindingRaised> found = [];
    private int next = 1;

    [Theory]
    [InlineData("/runner/externals/node24/bin/node", "node /w/_actions/a/b/v1/main.js", null, true)]
    [InlineData("/usr/bin/python3.11", "python3 /w/_temp/1.py", null, true)]
    [InlineData("/usr/bin/bash", "bash -e /w/_temp/1.sh", null, false)]
    [InlineData("/usr/bin/dash", "sh -ec true", null, false)]
    [InlineData("/usr/bin/pwsh", "pwsh -command", null, false)]
    [InlineData("/bin/busybox", "sh -e /__w/_temp/1.sh", Container, false)]
    [InlineData("/bin/sh", "sh /x/_temp/1.sh", Container, true)]
    [InlineData("/usr/bin/bash", "bash --noprofile --norc -e -o pipefail /__w/_temp/1.sh", Container, false)]
    [InlineData("/usr/bin/pwsh", "pwsh -command . '/__w/_temp/1.ps1'", Container, false)]
    [InlineData("/usr/bin/bash", "bash -c true", Container, true)]
    [InlineData("/usr/bin/bash", "bash /entrypoint.sh", Container, true)]
    [InlineData("/__e/node20/bin/node", "node /__w/_actions/a/b/v1/main.js", Container, true)]
    public void Three_programs_that_open_one_kind_each_are_one_command_unless_the_steps_shell_calls_them(
        string exe, string arguments, string? container, bool isFound)
    {
        var first = Fork(container is null ? null : RuntimesOwn(container), container);
        Run(first, exe, container, arguments.Split(' ', arguments.StartsWith("pwsh", StringComparison.Ordinal) ? 3 : 9));
        for (uint family = 1; family <= 3; family++)
        {
            var child = Fork(first, container);
            Run(child, "/usr/bin/cat", container, "cat");
            Open(child, family, container);
        }

        Assert.Equal(isFound ? 1 : 0, found.Count);
        Assert.All(found, finding => Assert.Equal(("credentials-swept", exe), (finding.Finding, finding.Evidence["command"])));
    }

    /// <summary>What a script called before is its own, what comes after is the program's.</summary>
    [Fact]
    public void A_shell_that_becomes_another_program_is_that_program()
    {
        var first = Fork(null, null);
        Run(first, "/usr/bin/sh", null, "sh", "-e", "/w/_temp/1.sh");
        Open(Fork(first, null), 1, null);
        Run(first, "/usr/bin/node", null, "node", "main.js");
        Open(Fork(first, null), 2, null);
        Open(Fork(first, null), 3, null);
        Assert.Empty(found);
        Open(Fork(first, null), 4, null);
        Assert.Single(found);
    }

    void IEventSink<RecordedEvent>.Accept(RecordedEvent value)
    {
        if (value is FindingRaised finding)
        {
            found.Add(finding);
        }
    }

    /// <summary>Its client is what the program began; what runs in the container is of the program's command.</summary>
    [Fact]
    public void A_container_for_each_kind_is_one_command_of_the_program_that_asked_for_them()
    {
        var shell = Fork(null, null);
        Run(shell, "/usr/bin/bash", null, "bash", "-e", "/w/_temp/1.sh");
        var thief = Fork(shell, null);
        Run(thief, "/usr/bin/make", null, "make");
        for (uint family = 1; family <= 3; family++)
        {
            var reader = Fork(RuntimesOwn(Container, thief), Container);
            Run(reader, "/bin/sh", Container, "sh", "/__w/_temp/1.sh");
            Open(Fork(reader, Container), family, Container);
        }

        Assert.Single(found);
    }

    /// <summary>
    /// As a runtime does it for its client: one that begins again in the container, and its child, which begins nothing.
    /// </summary>
    private string RuntimesOwn(string container, string? parent = null)
    {
        var client = Fork(parent, null);
        Run(client, "/usr/bin/docker", null, "docker", "exec");
        var first = Fork(client, container);
        Run(first, "/", container, "runc", "init");
        return Fork(first, container);
    }

    private string Fork(string? parent, string? container)
    {
        var process = $"p{next++}";
        Accept(new ProcessForked(process, parent, next, null, container) { Execution = 1 });
        return process;
    }

    private void Run(string process, string exe, string? container, params string[] argv) =>
        Accept(new ProcessExecuted(process, exe, [.. argv], false, "/", 3, 0, false, container) { Execution = 1 });

    private void Open(string process, uint family, string? container) => Accept(
        new IntrusionSeen("credential-opened", null, null, 0, null, null, family, false, 1, process, null, container));

    private void Accept(RecordedEvent value) => detectors.Accept(value with { BootTimeNs = 1 }, this);
}
