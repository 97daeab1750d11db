using System.Globalization;
using Sallyport.Protocol.Recording;

namespace Sallyport.Reporting.Tests;

/// <summary>A job that writes files in many folders, among them four that git tracks.</summary>
internal static class FileJob
{
    private const string Root = "/home/runner/shop";
    private const string Work = "/home/runner/_work";
    private const string Before = "5fe0e0dbbd9ce8fbf9b8a2ee80c27a50e4af27d3";
    private const string After = "7f2a1c0d0b6f4a7e9be4a0c3b1b6b8d6c9a0e311";
    private static readonly string Container = string.Concat(Enumerable.Repeat("9d1c40ee", 8));

    public static ScriptedJob Script()
    {
        var job = new ScriptedJob { Files = "all" };
        job.Begin("audit", ["make", "release"]);
        var make = job.Run(null, "/usr/bin/make", "make", "release");
        Restore(job, make);
        Build(job, make);
        Pack(job, make);
        job.Exit(make);
        job.End(0);
        return job;
    }

    private static void Restore(ScriptedJob job, string make)
    {
        job.BeginStep("restore", "Restore packages", 1);
        var npm = job.Run(make, "/usr/bin/node", "npm", "ci");
        for (var i = 0; i < 48; i++)
        {
            job.Change(npm, string.Create(CultureInfo.InvariantCulture, $"{Root}/node_modules/package{i / 8}/lib/{i % 8}.js"), count: 1 + (i % 3));
        }

        job.Change(npm, $"{Root}/node_modules/.package-lock.json", "renamed");
        job.Change(npm, $"{Root}/node_modules/.bin/tsc", "linked", target: "../package0/lib/<tsc>.js");
        job.Change(npm, $"{Work}/_tool/node/22.1.0/x64.complete");
        job.Change(npm, $"{Work}/_temp/npm-cache.tar", "removed");
        job.Change(npm, "/home/runner/.npmrc", "written");
        job.Exit(npm);
        job.EndStep("success");
    }

    /// <summary>An install script changes what is compiled, and what comes after it puts one file back (SUNSPOT).</summary>
    private static void Build(ScriptedJob job, string make)
    {
        job.BeginStep("build", "Build & <test>", 2);
        var shell = job.Run(make, "/usr/bin/dash", "sh", "./postinstall.sh");
        var sed = job.Run(shell, "/usr/bin/sed", "sed", "-i", "s/verify(token)/true/", "src/login.c");
        job.Tamper(sed, $"{Root}/src/login.c", "replaced", Before, After, "line 12: -  if (verify(token)) ⏎ +  if (true)");
        job.Exit(sed);
        job.Tamper(shell, $"{Root}/src/version|`x`.h", "written", Before, After, "-\"1.0\" ⏎ +\"1.0</script>\"", putBack: true);
        job.Tamper(shell, $"{Root}/src/keys.c", "written", Before, null, null, putBack: true);
        job.Change(shell, $"{Root}/.git/hooks/post-commit");
        job.Exit(shell);
        var compiler = job.Run(make, "/usr/bin/cc", "cc", "-c", "src/login.c");
        job.Change(compiler, $"{Root}/obj/login.o");
        job.Change(compiler, $"{Root}/obj/login.o", "written", 14);
        job.Exit(compiler);
        job.EndStep("success");
    }

    /// <summary>In a container that was given the folder of the job.</summary>
    private static void Pack(ScriptedJob job, string make)
    {
        job.BeginStep("pack", "Pack", 3);
        var docker = job.Run(make, "/usr/bin/docker", "docker", "run", "--rm", "-v", $"{Root}:/w", "shop/pack:2");
        job.Add(new ContainerStarted(Container, "pack", "shop/pack:2", "pack", true));
        job.Container = Container;
        var tar = job.Run(docker, "/bin/tar", "tar", "-C", "/w", "-cf", "/w/out/shop.tar", "obj");
        job.Change(tar, $"{Root}/out/shop.tar", count: 220);
        job.Tamper(tar, $"{Root}/CHANGES", "written", Before, After, "+2.0");
        job.Exit(tar);
        job.Container = null;
        job.Change(docker, $"{Root}/out", "mounted");
        job.Exit(docker);
        job.EndStep("success");
    }
}
