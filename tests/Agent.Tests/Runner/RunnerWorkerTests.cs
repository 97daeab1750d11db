using Sallyport.Agent.Runner;

namespace Sallyport.Agent.Tests.Runner;

public sealed class RunnerWorkerTests
{
    [Theory]
    [InlineData("/opt/runner/bin/Runner.Worker\0spawnclient\0113\0116\0", true)]
    [InlineData("Runner.Worker\0spawnclient\0113\0116\0", true)]
    [InlineData("/opt/runner/bin/Runner.Worker\0spawnclient\0113\0", false)]
    [InlineData("/opt/runner/bin/Runner.Worker\0spawnclient\0113\0116\0more\0", false)]
    [InlineData("/opt/runner/bin/Runner.Worker\0run\0113\0116\0", false)]
    [InlineData("/opt/runner/bin/Runner.Worker\0spawnclient\0-1\0x\0", false)]
    [InlineData("sleep\0spawnclient\0113\0116\0", false)]
    [InlineData("", false)]
    public void A_worker_is_told_by_its_arguments(string commandLine, bool expected) =>
        Assert.Equal(expected, RunnerWorker.HasWorkersArguments(commandLine));

    [Theory]
    [InlineData("/opt/runner/bin/Runner.Worker", "/opt/runner")]
    [InlineData("/opt/runner/bin.2.337.0/Runner.Worker", "/opt/runner")]
    [InlineData("/bin/Runner.Worker", "")]
    [InlineData("/Runner.Worker", null)]
    public void A_runner_is_the_folder_above_that_of_its_programs(string program, string? root) =>
        Assert.Equal(root, RunnerWorker.RootOf(program));

    [Fact]
    public void This_process_is_no_worker_and_is_below_none()
    {
        Assert.Null(RunnerWorker.TryRecognise(Environment.ProcessId));
        Assert.Null(RunnerWorker.TryRecognise(int.MaxValue));
    }
}
