using System.Collections.Immutable;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Detection;
using Sallyport.Policy;
using Sallyport.Protocol.Recording;
using Xunit;

namespace Sallyport.Agent.Core.Tests.Detection;

public sealed class StepExpectationsTests
{
    private const long Second = 1_000_000_000;

    private static readonly DetectionActions Release = new(false, ImmutableSortedDictionary<string, DetectionAction>.Empty)
    {
        Expected = [new StepExpectation(StepRight.Publish, new PolicyMatch("release", null, null, null))],
    };

    [Theory]
    [InlineData("release", true)]
    [InlineData("post:release", true)]
    [InlineData("test", false)]
    public void A_step_is_told_of_after_it_is_known_unless_the_policy_names_it(string step, bool isExpected)
    {
        var sink = new Findings();
        var detectors = Publishing(sink);
        Assert.Empty(sink.All);
        detectors.Accept(new StepStarted(step, "Name", 1) { BootTimeNs = 30 }, sink);
        detectors.Accept(Assigned(step, confirmed: true), sink);
        Assert.Equal(isExpected ? [] : ["package-published"], sink.All.Select(finding => finding.Finding));
    }

    [Fact]
    public void What_the_log_does_not_confirm_is_nobodys_named_step()
    {
        var sink = new Findings();
        var detectors = Publishing(sink);
        detectors.Accept(new StepStarted("release", "Name", 1) { BootTimeNs = 30 }, sink);
        detectors.Accept(Assigned("release", confirmed: false), sink);
        detectors.Accept(new StepStarted("later", "Name", 2) { BootTimeNs = 2 * Second }, sink);
        Assert.Equal("package-published", Assert.Single(sink.All).Finding);
    }

    [Fact]
    public void What_waits_at_the_end_of_the_job_is_told()
    {
        var sink = new Findings();
        var detectors = Publishing(sink);
        Assert.Empty(sink.All);
        detectors.Accept(new RecordingEnded(DateTimeOffset.UnixEpoch, 0, null) { BootTimeNs = 40 }, sink);
        Assert.Equal("package-published", Assert.Single(sink.All).Finding);
    }

    [Fact]
    public void Without_a_runner_it_is_told_at_once()
    {
        var sink = new Findings();
        _ = Publishing(sink, execution: 0);
        Assert.Equal("npm publish", Assert.Single(sink.All).Evidence["command"]);
    }

    [Theory]
    [InlineData("/usr/bin/node", "node /usr/bin/npm publish", "npm publish")]
    [InlineData("/usr/bin/node", "node --max-old-space-size=1 /x/npm/bin/npm-cli.js --loglevel=silent publish --access public", "npm publish")]
    [InlineData("/usr/bin/node", "node /usr/lib/node_modules/pnpm/bin/pnpm.cjs publish", "pnpm publish")]
    [InlineData("/usr/bin/node", "node /usr/bin/yarn.js npm publish", "yarn npm publish")]
    [InlineData("/usr/bin/python3.12", "python3 -m twine upload dist/x.whl", "twine upload")]
    [InlineData("/usr/bin/python3.12", "/usr/bin/python3 /home/u/.local/bin/twine upload dist/x.whl", "twine upload")]
    [InlineData("/usr/share/dotnet/dotnet", "dotnet nuget push x.nupkg", "dotnet nuget push")]
    [InlineData("/home/u/.cargo/bin/cargo", "cargo publish --token x", "cargo publish")]
    [InlineData("/usr/bin/ruby3.1", "ruby /usr/bin/gem push x.gem", "gem push")]
    [InlineData("/usr/bin/docker", "docker push evil.example/x", "docker push")]
    [InlineData("/usr/bin/docker", "docker image push x", "docker image push")]
    [InlineData("/usr/bin/node", "node /usr/bin/npm run publish", null)]
    [InlineData("/usr/bin/node", "node /usr/bin/npm publish --dry-run", null)]
    [InlineData("/usr/bin/node", "node publish.js npm publish", null)]
    [InlineData("/usr/bin/python3.12", "python3 -m twine check dist/x.whl", null)]
    [InlineData("/usr/bin/docker", "docker pull push", null)]
    [InlineData("/usr/bin/echo", "echo npm publish", null)]
    [InlineData("/usr/bin/cargo", "cargo", null)]
    public void A_command_that_publishes_is_known_by_its_program_and_words(string exe, string argv, string? command)
    {
        var sink = new Findings();
        _ = Publishing(sink, execution: 0, exe, argv);
        Assert.Equal(command, sink.All.SingleOrDefault()?.Evidence["command"]);
    }

    private static Detectors Publishing(
        Findings sink, uint execution = 3, string exe = "/usr/bin/node", string argv = "node /usr/bin/npm publish")
    {
        var detectors = new Detectors { Actions = Release };
        detectors.Accept(new ProcessForked("p1", null, 100, null, null) { BootTimeNs = 10, Execution = execution }, sink);
        detectors.Accept(new ProcessExecuted("p1", exe, [.. argv.Split(' ')], false, "/work", 100, 1000, false, null) { BootTimeNs = 20 }, sink);
        return detectors;
    }

    private static ExecutionAssigned Assigned(string step, bool confirmed) =>
        new(step, "p1", 100, null, null, confirmed, "log") { BootTimeNs = 40, Execution = 3 };

    private sealed class Findings : IEventSink<RecordedEvent>
    {
        public List<FindingRaised> All { get; } = [];

        public void Accept(RecordedEvent value)
        {
            if (value is FindingRaised finding)
            {
                All.Add(finding);
            }
        }
    }
}
