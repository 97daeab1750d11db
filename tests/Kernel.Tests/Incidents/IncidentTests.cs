using System.Collections.Immutable;
using System.Reflection;

namespace Sallyport.Kernel.Tests.Incidents;

/// <summary>What happened to others, again, and whether it is seen and prevented here. docs/attacks.md is what came of it.</summary>
public sealed class IncidentTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const string Held = "/run/lab/work/held-incident";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    private static readonly string s_root = typeof(LabNetwork).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

#pragma warning disable RS0030 // The page is written by hand only.
    private static readonly bool s_update = Environment.GetEnvironmentVariable("SALLYPORT_UPDATE_GOLDEN") == "1";
#pragma warning restore RS0030

    [Fact]
    public async Task The_page_of_attacks_is_what_came_of_them()
    {
        var results = ImmutableArray.CreateBuilder<IncidentResult>();
        foreach (var incident in Incident.All)
        {
            var result = new IncidentResult(
                incident,
                await RunAsync(incident, LabMode.Off),
                await RunAsync(incident, LabMode.Audit),
                await RunAsync(incident, LabMode.Block));
            Assert.All(incident.Steps, step =>
            {
                Assert.True(step.Happened(result.Off), $"{step.What}: does not come to pass with the agent off.\n{result.Off}");
                Assert.True(step.Happened(result.Audit), $"{step.What}: audit mode changed the outcome.\n{result.Audit}");
                Assert.True(
                    step.Rows is null || step.Seen(result.Audit) is not null,
                    $"{step.What}: not seen, or not with {step.By} and all that it descends from.\n{result.Audit}");
            });
            Assert.True(result.Audit.Report.Complete, result.Audit.ToString());
            Assert.True(result.Block.Report.Complete, result.Block.ToString());
            results.Add(result);
        }

        var page = IncidentPage.Render(results.ToImmutable());
        var path = Path.Combine(s_root, "docs", "attacks.md");
        if (s_update)
        {
            await File.WriteAllTextAsync(path, page, TestContext.Current.CancellationToken);
        }

        Assert.Equal(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), page);
    }

    private async Task<LabRun> RunAsync(Incident incident, LabMode mode)
    {
        var script = await File.ReadAllTextAsync(
            Path.Combine(s_root, "corpus", "incidents", $"{incident.Script}.sh"), TestContext.Current.CancellationToken);
        using var worker = Lab.Start(Program("memory"), "hold", Canary, Held);
        await worker.SaysAsync("ready", s_patience);
        var folder = $"/run/lab/work/{incident.Script}-{mode}-{Guid.NewGuid():N}"[..48];
        var run = await Lab.RunAsync(mode, Command("/bin/bash", "-c", $$"""
            did() { echo "did: $1"; }
            export CANARY=canary-of-files SECRET={{Canary}} ATTACKER={{LabAddresses.Attacker}} BIN=/run/lab/bin HELD={{Held}} WORK={{folder}}
            mkdir -p "$WORK/{{incident.Script.Split('-')[0].ToLowerInvariant()}}"
            {{script}}
            """) with
        {
            Policy = $$"""
                version: 1
                allow: ["v4.test:80"]
                detections: { foreign-memory-read: {{(mode == LabMode.Block ? "block" : "report")}}, credentials-swept: report }
                """,
            Allow = [],
            Deadline = s_limit,
        });
        return run;
    }
}
