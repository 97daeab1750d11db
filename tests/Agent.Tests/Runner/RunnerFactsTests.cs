using System.Text;
using Sallyport.Agent.Runner;

namespace Sallyport.Agent.Tests.Runner;

public sealed class RunnerFactsTests
{
    private const string Hosted = "RUNNER_ENVIRONMENT=github-hosted\0";

    [Theory]
    [InlineData($"{Hosted}GITHUB_SERVER_URL=https://github.com\0", true)]
    [InlineData($"{Hosted}GITHUB_SERVER_URL=https://octo.ghe.com\0", true)]
    [InlineData("RUNNER_ENVIRONMENT=self-hosted\0GITHUB_SERVER_URL=https://github.com\0", false)]
    [InlineData("GITHUB_SERVER_URL=https://github.com\0", false)]
    [InlineData($"{Hosted}GITHUB_SERVER_URL=https://ghe.example.com\0", false)]
    [InlineData($"{Hosted}GITHUB_SERVER_URL=https://github.com.example.com\0", false)]
    [InlineData($"{Hosted}GITHUB_SERVER_URL=http://github.com\0", false)]
    [InlineData($"{Hosted}GITHUB_SERVER_URL=github.com\0", false)]
    [InlineData(Hosted, false)]
    [InlineData($"{Hosted}RUNNER_ENVIRONMENT=self-hosted\0GITHUB_SERVER_URL=https://github.com\0", false)]
    [InlineData("", false)]
    public void GitHubs_own_machines_are_told_by_what_the_worker_gives_a_step(string environment, bool expected) =>
        Assert.Equal(expected, RunnerFacts.IsHosted(Encoding.UTF8.GetBytes(environment)));
}
