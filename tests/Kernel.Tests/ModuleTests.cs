using Sallyport.Lab.Reports;

namespace Sallyport.Kernel.Tests;

/// <summary>R8: a module of the kernel, or another kernel, asked for by root of the job. This kernel may have neither: the try is what counts.</summary>
public sealed class ModuleTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    [Theory]
    [EveryMode("init", "file /bin/true", "kernel")]
    public async Task A_try_to_load_a_module_is_found_and_prevented_where_that_is_asked_for(LabMode mode, string how)
    {
        var isBlocked = mode == LabMode.Block;
        var run = await Lab.RunAsync(mode, Script($"{Program("module")} {how} || true") with
        {
            Policy = $"version: 1\ndetections: {{ kernel-module-loaded: {(isBlocked ? "block" : "report")} }}",
            Allow = [],
        });
        Assert.True(run.Process.Output.Contains("tried", StringComparison.Ordinal) == !isBlocked, run.ToString());
        if (mode != LabMode.Off)
        {
            ReportedFinding? row = run.Report.Findings.FirstOrDefault(finding => finding.Id == "kernel-module-loaded");
            Assert.True(row?.Action == (isBlocked ? "blocked" : "reported"), run.ToString());
            Assert.Equal(how == "kernel" ? "kernel" : "module", row!.Evidence["what"]);
            Assert.Equal("module", Path.GetFileName(run.Report.ExeOf(row.Process)));
        }
    }

    [Theory]
    [InlineData("read /bin/true", null)]
    [InlineData("init", 65534)] // the kernel refuses it
    public async Task A_file_that_is_only_read_and_a_call_that_the_kernel_refuses_are_none(string how, int? user)
    {
        var run = await Lab.RunAsync(LabMode.Audit, Script($"{Program("module")} {how}") with
        {
            Policy = "version: 1\ndetections: { kernel-module-loaded: report }",
            UserId = user,
        });
        Assert.True(run.Process.Output.Contains("tried", StringComparison.Ordinal) && run.Report.Findings.Count == 0, run.ToString());
    }
}
