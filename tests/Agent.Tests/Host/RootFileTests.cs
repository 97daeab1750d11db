using System.Diagnostics.CodeAnalysis;
using System.Text;
using Sallyport.Agent.Control;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Tests.Host;

/// <summary>Links and files of others where root keeps its state: planted as root, which is more than a job may.</summary>
[SuppressMessage("Reliability", "CA2000", Justification = "What is asserted to fail gives nothing.")]
public sealed class RootFileTests
{
    private const string Untouched = "of somebody else";
    private static readonly byte[] State = Encoding.ASCII.GetBytes("state of root's");

    public RootFileTests() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, whose files these are");

    [Theory]
    [InlineData("")]
    [InlineData(".new")]
    public void What_is_written_goes_through_no_link(string suffix)
    {
        using var folder = new TestFolder();
        var (state, victim) = (Path.Combine(folder.Path, "state"), folder.File("victim", Untouched));
        _ = File.CreateSymbolicLink(state + suffix, victim);

        RootFile.Replace(state, state + ".new", State, isDurable: false);

        Assert.Equal(Untouched, File.ReadAllText(victim));
        Assert.Null(new FileInfo(state).LinkTarget);
        Assert.Equal(State, RootFile.TryRead(state, State.Length));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(state));
        Assert.False(Path.Exists(state + ".new"));
    }

    [Fact]
    public void Nor_by_the_name_that_it_has_until_it_is_whole()
    {
        using var folder = new TestFolder();
        var (state, nowhere) = (Path.Combine(folder.Path, "state"), Path.Combine(folder.Path, "nowhere"));
        _ = File.CreateSymbolicLink($"{state}.{Environment.ProcessId}.new", nowhere);

        RootFile.Replace(state, State);

        Assert.False(Path.Exists(nowhere));
        Assert.Equal(State, RootFile.TryRead(state, State.Length));
    }

    [Fact]
    public void A_link_that_leads_nowhere_makes_no_file_there()
    {
        using var folder = new TestFolder();
        var (path, nowhere) = (Path.Combine(folder.Path, "agent.lock"), Path.Combine(folder.Path, "nowhere"));
        _ = File.CreateSymbolicLink(path, nowhere);

        _ = Assert.Throws<IOException>(() => RootFile.Create(path));
        _ = Assert.Throws<UnauthorizedAccessException>(() => RootFile.OpenOrCreate(path, FileShare.None));

        Assert.False(File.Exists(nowhere));
    }

    [Fact]
    public void A_lock_is_one_persons()
    {
        using var folder = new TestFolder();
        var path = Path.Combine(folder.Path, "agent.lock");
        using (RootFile.OpenOrCreate(path, FileShare.None))
        {
            _ = Assert.Throws<IOException>(() => RootFile.OpenOrCreate(path, FileShare.None));
        }

        using var again = RootFile.OpenOrCreate(path, FileShare.None);
    }

    [Theory]
    [InlineData("a link to a file of root's")]
    [InlineData("a file of another user")]
    [InlineData("a file that others may write")]
    [InlineData("a pipe that nobody writes to")]
    [InlineData("a folder")]
    [InlineData("more than was asked for")]
    [InlineData("nothing")]
    public void What_is_not_roots_own_file_is_not_read(string what)
    {
        using var folder = new TestFolder();
        var path = Path.Combine(folder.Path, "state");
        Plant(what, path);

        Assert.Empty(RootFile.TryRead(path, State.Length));
    }

    [Fact]
    public void A_job_behind_a_link_is_no_job_and_is_said()
    {
        using var folder = new TestFolder();
        var jobs = Path.Combine(folder.Path, "jobs");
        var states = new JobStateFolder(jobs);
        _ = states.Begin(JobOf("one"));
        var elsewhere = Path.Combine(folder.Path, "two.json");
        File.Copy(states.PathOf("one"), elsewhere);
        File.WriteAllText(elsewhere, File.ReadAllText(elsewhere).Replace("\"one\"", "\"two\"", StringComparison.Ordinal));
        List<string> unreadable = [];
        _ = File.CreateSymbolicLink(states.PathOf("two"), elsewhere);
        _ = File.CreateSymbolicLink(states.PathOf("three"), Path.Combine(folder.Path, "nowhere"));

        Assert.Equal(["one"], states.Read(unreadable).Select(job => job.Id));
        Assert.Equal([states.PathOf("three"), states.PathOf("two")], unreadable.Order(StringComparer.Ordinal));

        var before = File.ReadAllText(elsewhere);
        states.Replace(JobOf("two"));
        Assert.Equal(before, File.ReadAllText(elsewhere));
        _ = Assert.Throws<IOException>(() => states.Begin(JobOf("three")));
    }

    [Fact]
    public void Jobs_at_one_time_have_marks_of_their_own_for_as_many_as_there_are()
    {
        using var folder = new TestFolder();
        var states = new JobStateFolder(Path.Combine(folder.Path, "jobs"));
        var marks = Enumerable.Range(0, 31).Select(i => states.Begin(JobOf($"job{i}")).Mark).ToList();
        Assert.Equal([.. Enumerable.Range(1, 30), 0], marks);
        Assert.Equal(marks.Order(), states.Read([]).Select(job => job.Mark).Order());

        states.Remove("job6");
        Assert.Equal(7, states.Begin(JobOf("next")).Mark);
    }

    private static void Plant(string what, string path)
    {
        if (what == "a link to a file of root's")
        {
            RootFile.Replace(path + "-elsewhere", State);
            _ = File.CreateSymbolicLink(path, path + "-elsewhere");
        }
        else if (what == "a folder")
        {
            _ = Directory.CreateDirectory(path);
        }
        else if (what == "a pipe that nobody writes to")
        {
            Fifo.Make(path);
        }
        else if (what != "nothing")
        {
            RootFile.Replace(path, [.. State, .. what == "more than was asked for" ? "!"u8 : []]);
            Assert.Equal(what == "more than was asked for" ? State.Length + 1 : State.Length, RootFile.TryRead(path, State.Length + 1).Length);
        }

        if (what == "a file of another user")
        {
            Assert.Equal(0, Interop.Libc.chown(path, 65534, 65534));
        }
        else if (what == "a file that others may write")
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite);
        }
    }

    private static JobState JobOf(string id) => new(
        1, id, 1, 1, "audit", "observing", ["true"], "root", DateTimeOffset.UnixEpoch, null, 1, [], "/spool", "/output");
}
