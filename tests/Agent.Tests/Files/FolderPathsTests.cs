using System.Text;
using Sallyport.Agent.Files;

namespace Sallyport.Agent.Tests.Files;

public sealed class FolderPathsTests
{
    /// <summary>A submodule may be called like what git keeps in its folder.</summary>
    [Theory]
    [InlineData("/w/logs", "x", true)]
    [InlineData("/w/.git/modules/logs", "HEAD", true)]
    [InlineData("/w/.git/modules/third_party/logs", "config", true)]
    [InlineData("/w/.git/modules/third_party/logs", "hooks", true)]
    [InlineData("/w/.git/modules/third_party/logs/hooks", "post-checkout", true)]
    [InlineData("/w/.git/worktrees/refs", "config.worktree", true)]
    [InlineData("/w/.git/modules/lib/logs", "HEAD", false)]
    [InlineData("/w/.git/modules/lib/objects/0a", "bcdef", false)]
    [InlineData("/w/.git/modules/lib/refs/heads", "main", false)]
    public void What_git_runs_of_a_submodule_is_told_and_what_it_keeps_is_not(string folder, string name, bool isTold) =>
        Assert.Equal(isTold, FolderPaths.IsTold(folder, Encoding.UTF8.GetBytes(name)));
}
