using System.Text;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Tests.Host;

public sealed class ProcessViewTests : IDisposable
{
    private readonly TestFolder top = new();

    public ProcessViewTests()
    {
        foreach (var folder in new[] { "root/run", "root/home/job", "root/proc", "outside" })
        {
            Directory.CreateDirectory(Path.Combine(top.Path, folder));
        }

        top.File("root/run/socket");
        top.File("outside/socket");
    }

    public void Dispose() => top.Dispose();

    [Theory]
    [InlineData("/run/socket", "/run/socket")]
    [InlineData("//run/./socket", "/run/socket")]
    [InlineData("../../run/socket", "/run/socket")]
    [InlineData("/../../../run/socket", "/run/socket")]
    [InlineData("/home/job/absolute", "/run/socket")]
    [InlineData("relative", "/run/socket")]
    [InlineData("chain", "/run/socket")]
    [InlineData("folder/socket", "/run/socket")]
    [InlineData("/../outside/socket", null)]
    [InlineData("escaping", null)]
    [InlineData("/run/none", null)]
    [InlineData("/run/socket/below", null)]
    [InlineData("/../..", "/")]
    public void A_path_leads_where_the_process_would_have_come(string path, string? expected)
    {
        Link("absolute", "/run/socket");
        Link("relative", "../../run/socket");
        Link("chain", "absolute");
        Link("folder", "../../../run");
        Link("escaping", "../../../outside/socket");
        using var view = View();
        using var found = view.TryFind(Encoding.UTF8.GetBytes(path), out _, out _);
        Assert.Equal(expected is not null, found is not null);
        Assert.True(found is null || StatusOf(found).IsSameFile(StatusOf(expected!)));
    }

    [Fact]
    public void A_name_that_does_not_exist_is_missing()
    {
        using var view = View();
        Assert.Null(view.TryFind("/run/none"u8, out _, out var isMissing));
        Assert.True(isMissing);
    }

    [Fact]
    public void Links_in_a_circle_end_and_are_not_taken_for_missing()
    {
        Link("one", "two");
        Link("two", "one");
        using var view = View();
        Assert.Null(view.TryFind("one"u8, out _, out var isMissing));
        Assert.False(isMissing);
    }

    [Fact]
    public void A_link_that_grows_with_every_step_ends()
    {
        var name = new string('n', 200);
        Link(name, string.Join('/', Enumerable.Repeat("../job", 500)) + "/" + name + "/" + name);
        using var view = View();
        Assert.Null(view.TryFind(Encoding.UTF8.GetBytes(name), out _, out _));
    }

    [Fact]
    public void A_folder_that_others_can_write_to_on_the_way_is_told()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root's own folders");
        var writable = Path.Combine(top.Path, "root/home");
        File.SetUnixFileMode(Path.Combine(top.Path, "root"), Folder);
        File.SetUnixFileMode(Path.Combine(top.Path, "root/run"), Folder);
        File.SetUnixFileMode(writable, Folder | UnixFileMode.OtherWrite);
        using var view = View();
        Assert.NotNull(view.TryFind("/run/socket"u8, out var onlyRootWrites, out _));
        Assert.True(onlyRootWrites);
        _ = view.TryFind("/home/none"u8, out onlyRootWrites, out _);
        Assert.False(onlyRootWrites);
    }

    [Fact]
    public void A_link_of_proc_leads_to_what_that_process_has_open()
    {
        using var file = File.OpenHandle(Path.Combine(top.Path, "root/run/socket"));
        using var view = ProcessView.TryOpen(Environment.ProcessId)!;
        using var found = view.TryFind($"/proc/self/fd/{file.DangerousGetHandle()}");
        Assert.Equal(StatusOf("/run/socket"), StatusOf(Assert.IsType<SafeFileHandle>(found)));
    }

    [Fact]
    public void A_process_that_is_gone_has_no_view() => Assert.Null(ProcessView.TryOpen(int.MaxValue));

    private const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private void Link(string name, string target) =>
        File.CreateSymbolicLink(Path.Combine(top.Path, "root/home/job", name), target);

    private ProcessView View() => new(
        PathHandle.TryOpen(Path.Combine(top.Path, "root"))!,
        PathHandle.TryOpen(Path.Combine(top.Path, "root/home/job"))!,
        "/proc/self");

    private FileStatus StatusOf(string path)
    {
        using var file = PathHandle.TryOpen(top.Path + "/root" + path)!;
        return StatusOf(file);
    }

    private static FileStatus StatusOf(SafeFileHandle file) =>
        FileStatus.TryRead(file, out var status) ? status : throw new IOException("no status");
}
