using Sallyport.Lab;

namespace Sallyport.Agent.Tests.Runs;

/// <summary>What audit mode wrote is what block mode takes: policy.yml of one run, and of several by `policy learn`.</summary>
public sealed class LearnedPolicyTests(LabFixture fixture) : RunTest(fixture)
{
    /// <summary>A whole line, so that the flow has had its chance to say a name.</summary>
    private static string Resolve(string name) => $"{LabNetwork.Program("resolve")} {name} 4443 \"$(printf 'hello\\n.')\"";

    [Fact]
    public async Task The_policy_of_an_audit_run_lets_the_same_run_through_and_no_other()
    {
        var audit = await Run(["--mode", "audit"], "sh", "-c", Resolve("allowed.test"));
        Assert.True(audit.ExitCode == 0, audit.ToString());
        Assert.Contains("- tcp://allowed.test:4443", await File.ReadAllTextAsync(FileOf("policy.yml")), StringComparison.Ordinal);

        await BlockLetsThrough($"{Output}/policy.yml", "allowed.test");
    }

    [Fact]
    public async Task A_policy_learned_from_several_recordings_lets_each_of_them_through()
    {
        string[] names = ["allowed.test", "two.test"];
        var recordings = new List<string>();
        foreach (var name in names)
        {
            var audit = await Run(["--mode", "audit"], "sh", "-c", Resolve(name));
            Assert.True(audit.ExitCode == 0, audit.ToString());
            recordings.Add($"{Output}/{name}.zst");
            File.Move(FileOf("recording.ndjson.zst"), FileOf($"{name}.zst"));
        }

        var learned = await Shell(
            "program=$1 out=$2; shift 2; \"$program\" policy learn \"$@\" > \"$out\"", [Product, $"{Output}.yml", .. recordings]);
        Assert.True(learned.ExitCode == 0, learned.ToString());
        var policy = await File.ReadAllTextAsync(Path.Combine(Lab.WorkFolder, Name + ".yml"));
        Assert.Contains("Learned from 2 runs.", policy, StringComparison.Ordinal);
        Assert.All(names, name => Assert.Contains($"- tcp://{name}:4443", policy, StringComparison.Ordinal));

        await BlockLetsThrough($"{Output}.yml", names);
    }

    private async Task BlockLetsThrough(string policy, params string[] names)
    {
        var script = string.Join(" && ", names.Select(Resolve));
        var block = await Run(["--mode", "block", "--policy", policy], "sh", "-c", script);
        Assert.True(block.ExitCode == 0, block.ToString());

        Lab.World.Clear();
        var other = await Run(["--mode", "block", "--policy", policy], "sh", "-c", Resolve("attacker.test"));
        Assert.NotEqual(0, other.ExitCode);
        Assert.Equal(0, Lab.World.Received().ConnectionsTo(LabAddresses.Attacker));
    }
}
