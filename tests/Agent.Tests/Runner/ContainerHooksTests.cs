using System.Text;
using Sallyport.Agent.Runner;

namespace Sallyport.Agent.Tests.Runner;

public sealed class ContainerHooksTests
{
    [Theory]
    [InlineData("A=1\0ACTIONS_RUNNER_CONTAINER_HOOKS=/k8s/index.js\0ACTIONS_RUNNER_REQUIRE_JOB_CONTAINER=true\0", "/k8s/index.js", true)]
    [InlineData("ACTIONS_RUNNER_CONTAINER_HOOKS=/k8s/index.js\0ACTIONS_RUNNER_REQUIRE_JOB_CONTAINER=false\0", "/k8s/index.js", false)]
    [InlineData("ACTIONS_RUNNER_CONTAINER_HOOKS=/k8s/index.js\0", "/k8s/index.js", false)]
    [InlineData("ACTIONS_RUNNER_CONTAINER_HOOKS=\0ACTIONS_RUNNER_REQUIRE_JOB_CONTAINER=true\0", null, false)]
    [InlineData("X_ACTIONS_RUNNER_CONTAINER_HOOKS=/k8s/index.js\0", null, false)]
    [InlineData("", null, false)]
    public void A_runner_has_hooks_by_the_environment_of_its_worker(string environment, string? script, bool forEveryJob)
    {
        var hooks = ContainerHooks.Of(Encoding.UTF8.GetBytes(environment));
        Assert.Equal((script, forEveryJob), (hooks?.Script, hooks?.AreForEveryJob ?? false));
    }
}
