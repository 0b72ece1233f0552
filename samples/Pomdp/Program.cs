// dotnet run -c Release --project samples/Pomdp -- tiger | rocksample | solve FILE [options]
using AutoMix.Pomdps;
using AutoMix.Samples.PomdpSolver;

try
{
    return args switch
    {
        ["tiger"] => Demos.Tiger(),
        ["rocksample"] => Demos.RockSample(),
        ["solve", string file, .. string[] options] => SolveCommand.Run(file, options),
        _ => Usage(),
    };
}
catch (Exception e) when (e is PomdpException or IOException or UnauthorizedAccessException or ArgumentException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

static int Usage()
{
    Console.Error.WriteLine(
        """
        usage:
          tiger                 the tiger problem: its value plotted over the belief
          rocksample            RockSample[4,4] built in code, solved and simulated
          solve FILE [options]  solves a .pomdp file, plain or .gz
            --seconds N         time limit of solving, loading apart (default 10)
            --solver NAME       sarsop (default), perseus, pbvi, qmdp, fib, exact
            --precision N       gap of the bounds to stop at (default 0.001)
            --horizon N         number of steps, in place of the file's
            --cpu               count processor seconds instead of elapsed ones
            --json              one JSON object
            --history           the bounds over time too
            --simulate N        mean discounted return of the policy over N runs
            --policy OUT        writes the alpha vectors as APPL .policy XML
        """);
    return 2;
}
